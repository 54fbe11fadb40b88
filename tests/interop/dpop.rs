//! DPoP between oidc-provider, oauth4webapi and this crate, with nonces of both servers. Proofs of jose, of every algorithm.

use std::collections::BTreeMap;
use std::io::Write as _;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use scopes_runtime::bound::Dpop;
use scopes_runtime::router::get;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, Jwks, JwtDecoder, ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::send;
use serde_json::json;

use crate::api::Api;
use crate::child_process::ChildProcess;
use crate::issuer::{Issuer, modules, node, run};

#[tokio::test(flavor = "multi_thread")]
async fn oauth4webapi_sends_proofs_for_bound_tokens_of_oidc_provider() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let api = Api::start_with("/api/v1", &issuer, |url, origin| {
        let builder = JwtDecoder::builder().issuer(&*issuer.url).audience(url).jwks(Jwks::discovery());
        let decoder = builder.allow_bound_tokens().build().expect("a decoder");
        let dpop = Dpop::new(origin).expect("a URL").nonce_secret([7; 32]).expect("a secret");
        ResourceServer::builder(decoder).dpop(dpop)
    });
    let api = api.await;
    let read = run(node("dpop.mjs").arg(&modules).args([&api.url, &issuer.url]));
    for algorithm in ["ES256", "Ed25519", "PS256", "RS256"] {
        let expected = json!({
            "token_type": "dpop",
            // The first request needs a nonce, which the client keeps.
            "first": { "responses": [401, 200] },
            "second": { "responses": [200] },
            "without_proof": {
                "responses": [401],
                "challenges": [["bearer", "invalid_token"], ["dpop", null]],
            },
            "other_key": {
                "responses": [401],
                "challenges": [["dpop", "invalid_token"], ["bearer", null]],
            },
        });
        assert_eq!(read[algorithm], expected, "{algorithm}");
    }
}

#[requires_scopes]
async fn subject(token: AccessToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn proofs_of_jose_are_accepted_once_for_each_algorithm() {
    let Some(modules) = modules() else { return };
    let algorithms =
        ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];
    let mut command = node("jose.mjs");
    let mut jose = ChildProcess::start(command.arg(&modules).arg("https://api.test/me").args(algorithms));
    let strings = |line: &str| -> BTreeMap<String, String> { serde_json::from_str(line).expect("strings") };
    let issuer = TestIssuer::new();
    let tokens: BTreeMap<_, _> = strings(&jose.line("{"))
        .into_iter()
        .map(|(algorithm, thumbprint)| {
            (algorithm, issuer.token().claim("cnf", json!({ "jkt": thumbprint })).sign())
        })
        .collect();
    let input = jose.process.stdin.as_mut().expect("it is piped");
    writeln!(input, "{}", json!(tokens)).expect("it listens");
    let proofs = strings(&jose.line("{"));
    jose.succeed();

    let dpop = Dpop::new("https://api.test").expect("a URL");
    let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build().expect("a realm");
    let app = Router::from(ScopedRouter::new().route("/me", get(subject)).with_state(server));
    assert_eq!(proofs.len(), algorithms.len());
    for (algorithm, proof) in &proofs {
        for (token, proof, expected) in [
            (&tokens[algorithm], proof, 200),
            (&tokens[algorithm], proof, 401),
            // A proof for another token.
            (&tokens[if algorithm == "ES256" { "RS256" } else { "ES256" }], proof, 401),
        ] {
            let request = Request::get("/me").header("authorization", format!("DPoP {token}"));
            let request = request.header("dpop", proof).body(Body::empty()).expect("a request");
            assert_eq!(send(&app, request).await.status, expected, "{algorithm}");
        }
    }
}
