//! Messages with tokens that are bound to a DPoP key.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use futures_util::stream::once;
use scopes_runtime::bound::Dpop;
use scopes_runtime::testing::{DpopKey, TestIssuer};
use scopes_runtime::{ResourceServer, ScopedRouter};
use scopes_tests::send;

use super::{Notes, call, request};

#[tokio::test]
async fn a_slow_body_does_not_make_a_request_a_replay() {
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let dpop = Dpop::new("https://notes.example").expect("a URL");
    let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build().expect("a realm");
    let router = ScopedRouter::new().route_mcp("/mcp", Notes::default().endpoint()).with_state(server);
    let app = Router::from(router);
    let token = issuer.token().scopes(["mcp notes:read"]).bound_to(&key).sign();
    let proof = key.proof("POST", "https://notes.example/mcp", &token).sign();
    for (delay, expected) in [(Duration::from_millis(5200), 200), (Duration::ZERO, 401)] {
        let body = Body::from_stream(once(async move {
            tokio::time::sleep(delay).await;
            Ok::<_, Infallible>(Bytes::from(call("list_notes").to_string()))
        }));
        let headers = [("content-type", "application/json"), ("dpop", &*proof)];
        let mut request = request("POST", &token, body, &headers);
        let authorization = HeaderValue::try_from(format!("DPoP {token}")).expect("a header value");
        request.headers_mut().insert("authorization", authorization);
        assert_eq!(send(&app, request).await.status, expected);
    }
}
