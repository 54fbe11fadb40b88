//! Stores of used proofs, and requests with the extensions of an earlier one.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts as _;
use axum::http::{Request, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use scopes_runtime::bound::{Dpop, ReplayFuture, ReplayStore};
use scopes_runtime::router::get;
use scopes_runtime::testing::{DpopKey, TestIssuer};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter};
use scopes_tests::{now, send};

use super::{BASE, app, challenge, items, request};

/// A store that two servers share, or that is away.
#[derive(Clone, Default)]
struct Shared {
    used: Arc<Mutex<HashSet<[u8; 16]>>>,
    is_away: bool,
}

impl ReplayStore for Shared {
    fn insert(&self, proof: [u8; 16], expires_at: SystemTime) -> ReplayFuture<'_> {
        let seconds = expires_at.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
        assert!((now()..=now() + 60).contains(&seconds));
        Box::pin(async move {
            if self.is_away {
                return Err("no connection".into());
            }
            Ok(self.used.lock().expect("no panic").insert(proof))
        })
    }
}

fn server(issuer: &TestIssuer, store: Shared) -> ResourceServer {
    let dpop = Dpop::new(BASE).expect("a URL").replay_store(store);
    ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build().expect("the default realm")
}

#[tokio::test]
async fn copies_that_share_a_store_accept_a_proof_once() {
    let (issuer, key, store) = (TestIssuer::new(), DpopKey::new(), Shared::default());
    let copies = [app(server(&issuer, store.clone())), app(server(&issuer, store))];
    let token = issuer.token().scopes(["items"]).bound_to(&key).sign();
    let proof = key.proof("GET", "https://api.test/items", &token).sign();
    let authorization = format!("DPoP {token}");
    let headers = [("authorization", &*authorization), ("dpop", &*proof)];
    assert_eq!(request(&copies[0], "GET", "/items", &headers).await.status, StatusCode::OK);
    assert_eq!(request(&copies[1], "GET", "/items", &headers).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_store_that_is_away_refuses_requests_with_503() {
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let app = app(server(&issuer, Shared { is_away: true, ..Shared::default() }));
    let token = issuer.token().scopes(["items"]).bound_to(&key).sign();
    let proof = key.proof("GET", "https://api.test/items", &token).sign();
    let authorization = format!("DPoP {token}");
    let answer = request(&app, "GET", "/items", &[("authorization", &authorization), ("dpop", &proof)]).await;
    assert_eq!(
        (answer.status, answer.headers["retry-after"].as_bytes()),
        (StatusCode::SERVICE_UNAVAILABLE, &b"1"[..])
    );
    let bearer = format!("Bearer {}", issuer.token().scopes(["items"]).sign());
    assert_eq!(request(&app, "GET", "/items", &[("authorization", &bearer)]).await.status, StatusCode::OK);
}

async fn identify(token: Option<AccessToken>, request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_identified = token.is_some().to_string();
    response.headers_mut().insert("x-identified", is_identified.parse().expect("a header value"));
    response
}

#[tokio::test]
async fn a_layer_runs_with_an_invalid_proof_and_not_without_the_store() {
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let token = issuer.token().scopes(["items"]).bound_to(&key).sign();
    let authorization = format!("DPoP {token}");
    for (is_away, url, status) in
        [(false, "https://api.test/other", 401), (true, "https://api.test/items", 503)]
    {
        let server = server(&issuer, Shared { is_away, ..Shared::default() });
        let layer = from_fn_with_state(server.clone(), identify);
        let app = ScopedRouter::new().route("/items", get(items)).layer(layer).with_state(server).into();
        let proof = key.proof("GET", url, &token).sign();
        let answer =
            request(&app, "GET", "/items", &[("authorization", &authorization), ("dpop", &proof)]).await;
        assert_eq!(answer.status, status);
        let layer_ran = answer.headers.contains_key("x-identified");
        let has_scope_of_operation =
            challenge(&answer).contains(r#"error="invalid_dpop_proof", scope="items""#);
        assert_eq!((layer_ran, has_scope_of_operation), (!is_away, !is_away), "{answer:?}");
    }
}

#[tokio::test]
async fn one_key_does_not_fill_the_memory() {
    let (issuer, keys) = (TestIssuer::new(), [DpopKey::new(), DpopKey::new()]);
    let dpop = Dpop::new(BASE).expect("a URL").max_proofs_per_key(3);
    let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build();
    let app = app(server.expect("the default realm"));
    for key in keys {
        let send = async || {
            // The limit is for the key, not for the token.
            let token = issuer.token().scopes(["items"]).bound_to(&key).sign();
            let proof = key.proof("GET", "https://api.test/items", &token).sign();
            let headers = [("authorization", &*format!("DPoP {token}")), ("dpop", &proof)];
            request(&app, "GET", "/items", &headers).await.status
        };
        for _ in 0..3 {
            assert_eq!(send().await, StatusCode::OK);
        }
        assert_eq!(send().await, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn an_outcome_is_not_reused_for_another_method_path_or_proof() {
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let server = server(&issuer, Shared::default());
    let app: Router = app(server.clone());
    let token = issuer.token().scopes(["items", "items:write", "me"]).bound_to(&key).sign();
    let proof = || key.proof("GET", "https://api.test/items", &token).sign();
    let first = proof();
    let with = |method: &str, path: &str, proof: &str| {
        let request = Request::builder().method(method).uri(path).header("dpop", proof);
        request.header("authorization", format!("DPoP {token}")).body(Body::empty()).expect("a request")
    };
    let (mut parts, ()) = with("GET", "/items", &first).map(|_| ()).into_parts();
    AccessToken::from_request_parts(&mut parts, &server).await.expect("a valid request");
    let kept = |mut request: Request<Body>| {
        *request.extensions_mut() = parts.extensions.clone();
        request
    };
    for (method, path, proof) in
        [("POST", "/other", &first), ("GET", "/v1/items", &first), ("GET", "/items", &"x".to_owned())]
    {
        let answer = send(&app, kept(with(method, path, proof))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    assert_eq!(send(&app, kept(with("GET", "/items", &proof()))).await.status, StatusCode::OK);
}
