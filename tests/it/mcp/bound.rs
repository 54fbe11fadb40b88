//! Messages with tokens that are bound to a DPoP key.

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::{Json, Router};
use futures_util::stream::once;
use rmcp::{tool, tool_router};
use scopes_runtime::bound::Dpop;
use scopes_runtime::mcp::{McpEndpoint, scoped_tools};
use scopes_runtime::testing::{DpopKey, TestIssuer};
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::send;
use serde_json::{Value, json};
use tower::service_fn;

use super::{Notes, Scope, call, message, request};

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

/// A server whose tool takes money.
struct Payments;

#[scoped_tools]
#[tool_router]
impl Payments {
    #[tool(description = "Pays.")]
    #[requires_scopes("notes:write", dpop)]
    async fn pay(&self) -> String {
        "paid".to_owned()
    }

    #[tool(description = "Describes the server.")]
    #[public]
    async fn about(&self) -> String {
        "payments".to_owned()
    }
}

#[tokio::test]
async fn a_tool_can_require_dpop() {
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let dpop = Dpop::new("https://notes.example").expect("a URL");
    let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build().expect("a realm");
    let service = service_fn(|_: Request| {
        let tools = json!([{ "name": "pay" }, { "name": "about" }]);
        ready(Ok::<_, Infallible>(Json(json!({ "jsonrpc": "2.0", "id": 1, "result": { "tools": tools } }))))
    });
    let endpoint =
        McpEndpoint::new(service, scopes!("mcp")).tools(&Payments::tool_router(), Payments::tool_access());
    let router = ScopedRouter::new().route_mcp("/mcp", endpoint).with_state(server);
    let report = router.report().to_string();
    assert!(report.contains("mcp notes:write, DPoP key"), "{report}");
    let app = Router::from(router);
    let token = issuer.token().scopes(["mcp notes:write"]);
    let (bearer, bound) = (token.clone().sign(), token.bound_to(&key).sign());
    let send_message = async |message: &Value, is_bound: bool| {
        let text = Body::from(message.to_string());
        let mut request = request("POST", &bearer, text, &[("content-type", "application/json")]);
        if is_bound {
            let header = |text: String| HeaderValue::try_from(text).expect("a header value");
            let proof = key.proof("POST", "https://notes.example/mcp", &bound).sign();
            request.headers_mut().insert("authorization", header(format!("DPoP {bound}")));
            request.headers_mut().insert("dpop", header(proof));
        }
        send(&app, request).await
    };
    let refused = send_message(&call("pay"), false).await;
    let challenge = refused.challenge().expect("a challenge");
    assert!(challenge.starts_with(r#"DPoP realm="api""#) && !challenge.contains("Bearer"), "{challenge}");
    assert!(challenge.ends_with(r#"error="invalid_token", scope="mcp notes:write""#), "{challenge}");
    assert_eq!(send_message(&call("pay"), true).await.status, 200);
    assert_eq!(send_message(&call("about"), false).await.status, 200);
    // A batch with the tool requires what the tool requires.
    let batch = Value::Array(vec![call("about"), call("pay")]);
    assert_eq!(send_message(&batch, false).await.status, 401);
    // Lists contain what the token may use.
    let list = message("tools/list", &json!({}));
    for (is_bound, expected) in
        [(false, json!([{ "name": "about" }])), (true, json!([{ "name": "pay" }, { "name": "about" }]))]
    {
        assert_eq!(send_message(&list, is_bound).await.json()["result"]["tools"], expected);
    }
}
