//! Issuers and clients of other authors: npm's `oidc-provider` issues tokens, and `oauth4webapi` reads challenges and
//! metadata.

mod api;
#[path = "../child_process.rs"]
mod child_process;
mod dpop;
mod issuer;
mod mcp;
mod mutual_tls;
mod outage;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use scopes_runtime::MultiIssuerDecoder;
use serde_json::{Value, json};

use self::api::Api;
use self::issuer::{Issuer, modules, node, run, token};

#[tokio::test(flavor = "multi_thread")]
async fn oidc_provider_jwts_are_accepted() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let api = Api::start("/v1", &issuer, |url| Box::new(issuer.jwt_decoder(url))).await;
    let token = issuer.token("me items", &api.url).await;
    assert_eq!(api.status("/me", &token).await, 200);
    let (status, challenge) = api.get("/write", &token).await;
    assert_eq!(status, 403);
    assert!(challenge.contains(r#"error="insufficient_scope", scope="me items:write""#), "{challenge}");
    assert_eq!(api.status("/write", &issuer.token("me items:write", &api.url).await).await, 200);
    for refused in [
        issuer.token("me items", "http://other.example/v1").await,
        issuer.token("me items", &format!("{}/opaque", api.url)).await,
        format!("{}x", &token[..token.len() - 1]),
    ] {
        assert_eq!(api.status("/me", &refused).await, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn oidc_provider_opaque_tokens_are_introspected() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let opaque = Api::start("/opaque", &issuer, |url| Box::new(issuer.introspection_decoder(url))).await;
    let token = issuer.token("me", &opaque.url).await;
    assert!(!token.contains('.'), "the token is opaque");
    assert_eq!(opaque.status("/me", &token).await, 200);
    assert_eq!(opaque.status("/write", &token).await, 403);
    assert_eq!(opaque.status("/me", "nonsense").await, 401);
    assert_eq!(opaque.status("/me", &issuer.token("me", "http://other.example/opaque").await).await, 401);
    issuer.revoke(&token).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(opaque.status("/me", &token).await, 401);

    let both = Api::start("/both/opaque", &issuer, |url| {
        let jwt = issuer.jwt_decoder("http://api.example/jwt");
        Box::new(
            MultiIssuerDecoder::new([jwt]).expect("issuers").opaque_tokens(issuer.introspection_decoder(url)),
        )
    });
    let both = both.await;
    for resource in ["http://api.example/jwt", &both.url] {
        let token = issuer.token("me", resource).await;
        assert_eq!(both.status("/me", &token).await, 200, "{resource}");
    }
}

/// Clients request tokens and use them during the rotation.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotation_refuses_no_request() {
    let Some(modules) = modules() else { return };
    let mut issuer = Issuer::start(&modules);
    let api = Arc::new(Api::start("/v1", &issuer, |url| Box::new(issuer.jwt_decoder(url))).await);
    let first = issuer.token("me", &api.url).await;
    assert_eq!(api.status("/me", &first).await, 200);
    // The keys are not fetched again for 10 s.
    tokio::time::sleep(Duration::from_secs(11)).await;

    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (api, stop, url, first) =
                (Arc::clone(&api), Arc::clone(&stop), issuer.url.clone(), first.clone());
            tokio::spawn(async move {
                let mut answers = BTreeMap::<u16, usize>::new();
                while !stop.load(Ordering::Relaxed) {
                    let new = token(&api.http, &url, "me", &api.url).await;
                    for token in [&new, &first] {
                        *answers.entry(api.status("/me", token).await).or_default() += 1;
                    }
                }
                answers
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    issuer.rotate("2 1");
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.store(true, Ordering::Relaxed);
    let mut answers = BTreeMap::new();
    for client in clients {
        for (status, count) in client.await.expect("no panic") {
            *answers.entry(status).or_insert(0) += count;
        }
    }
    println!("answers while a key came: {answers:?}");
    assert_eq!(answers.keys().collect::<Vec<_>>(), [&200], "{answers:?}");

    // The old key is removed. The token of the third key causes the fetch that drops it.
    tokio::time::sleep(Duration::from_secs(11)).await;
    issuer.rotate("3 2");
    assert_eq!(api.status("/me", &issuer.token("me", &api.url).await).await, 200);
    assert_eq!(api.status("/me", &first).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn oauth4webapi_reads_the_metadata_and_the_challenges() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let api = Api::start("/api/v1", &issuer, |url| Box::new(issuer.jwt_decoder(url))).await;
    let read = run(node("client.mjs").arg(&modules).arg(&api.url));
    let origin = api.url.trim_end_matches("/api/v1");
    let metadata_url = format!("{origin}/.well-known/oauth-protected-resource/api/v1");
    let challenge = |parameters: Value| {
        let mut all = json!({ "realm": "the API, v1", "resource_metadata": metadata_url });
        all.as_object_mut().expect("an object").extend(parameters.as_object().expect("an object").clone());
        json!([{ "scheme": "bearer", "parameters": all }])
    };
    assert_eq!(
        read,
        json!({
            "metadata": {
                "resource": api.url,
                "authorization_servers": [issuer.url],
                "scopes_supported": ["me", "items", "items:write"],
                "bearer_methods_supported": ["header"],
                "resource_name": "The API",
            },
            "let_in": { "status": 200 },
            "no_token": { "status": 401, "challenges": challenge(json!({ "scope": "me" })) },
            "bad_token": {
                "status": 401,
                "challenges": challenge(json!({ "error": "invalid_token", "scope": "me" })),
            },
            "scope_missing": {
                "status": 403,
                "challenges": challenge(json!({ "error": "insufficient_scope", "scope": "me items:write" })),
            },
            "another_login": {
                "status": 401,
                "challenges": challenge(json!({
                    "error": "insufficient_user_authentication",
                    "acr_values": "mfa",
                    "max_age": "300",
                    "scope": "me",
                })),
            },
        })
    );
}

/// oidc-provider refuses to introspect its JWTs. The token is invalid then, not undecided.
#[tokio::test(flavor = "multi_thread")]
async fn a_jwt_that_the_issuer_does_not_introspect_is_401() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let opaque = Api::start("/opaque", &issuer, |url| Box::new(issuer.introspection_decoder(url))).await;
    let jwt = issuer.token("me", "http://api.example/jwt").await;
    assert_eq!(opaque.status("/me", &jwt).await, 401);
}
