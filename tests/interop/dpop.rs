//! DPoP between oidc-provider, oauth4webapi and this crate, with nonces of both servers.

use scopes_runtime::bound::Dpop;
use scopes_runtime::{Jwks, JwtDecoder, ResourceServer};
use serde_json::{Value, json};

use crate::api::Api;
use crate::issuer::{Issuer, modules, node};

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
    let mut command = node("dpop.mjs");
    command.arg(&modules).args([&api.url, &issuer.url]);
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).expect("JSON");
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
