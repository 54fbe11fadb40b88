//! Opaque tokens that are bound to their sender.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use scopes_runtime::bound::Dpop;
use scopes_runtime::router::get;
use scopes_runtime::testing::DpopKey;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::{Scope, send};
use serde_json::{Value, json};

use super::{refuse, start};

const TOKEN: &str = "2YotnFZFEjr1zCsicMWpAA";

#[requires_scopes("items")]
async fn items() {}

/// Sends a request with this scheme and a proof. Returns the status, and the challenge or nothing.
async fn request(app: &Router, scheme: &str, key: &DpopKey) -> (u16, String) {
    let request = Request::get("/items")
        .header("authorization", format!("{scheme} {TOKEN}"))
        .header("dpop", key.proof("GET", "https://api.test/items", TOKEN).sign());
    let answer = send(app, request.body(Body::empty()).expect("a request")).await;
    (answer.status.as_u16(), answer.challenge().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn an_opaque_token_with_the_proof_of_its_sender_is_accepted() {
    let issuer = start().await;
    let key = DpopKey::new();
    let cnf = json!({ "jkt": key.thumbprint() });
    let response = |kind: &str, cnf: Value| {
        let mut response = issuer.active_with("token_type", kind);
        response["cnf"] = cnf;
        response
    };
    for (response, scheme, proof_key, status) in [
        (response("DPoP", cnf.clone()), "DPoP", &key, 200),
        (response("dpop", cnf.clone()), "DPoP", &key, 200),
        // Not each issuer names the type of RFC 9449 section 5.
        (response("Bearer", cnf.clone()), "DPoP", &key, 200),
        (response("DPoP", cnf.clone()), "DPoP", &DpopKey::new(), 401),
        (response("DPoP", cnf.clone()), "Bearer", &key, 401),
        (response("MAC", cnf.clone()), "DPoP", &key, 401),
        (issuer.active_with("token_type", "DPoP"), "DPoP", &key, 401),
        (issuer.active_with("token_type", "DPoP"), "Bearer", &key, 401),
        (response("DPoP", json!({ "x5t#S256": "eA" })), "Bearer", &key, 401),
    ] {
        let text = format!("{scheme} {response}");
        issuer.returns(response);
        let decoder = issuer.builder().allow_bound_tokens().build().expect("a decoder");
        let dpop = Dpop::new("https://api.test").expect("a URL");
        let server = ResourceServer::builder(decoder).dpop(dpop).build().expect("the default realm");
        let app = Router::from(ScopedRouter::new().route("/items", get(items)).with_state(server));
        let (actual, challenge) = request(&app, scheme, proof_key).await;
        assert_eq!(actual, status, "{text} {challenge}");
    }
    issuer.returns(response("DPoP", cnf));
    assert_eq!(refuse(&issuer.decoder(), TOKEN).await.0, "invalid");
}
