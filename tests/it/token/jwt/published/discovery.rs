//! Where the keys are, and in which runtime they are fetched.

use std::sync::{Arc, Mutex};

use axum::response::IntoResponse as _;
use futures_util::FutureExt as _;
use scopes_runtime::{Algorithm, Jwks, JwtDecoder, JwtDecoderError, TokenDecoder as _};
use serde_json::json;

use super::super::super::loopback::{Issuer, OAUTH};
use super::super::issuer::AUDIENCE;
use super::super::keys::{jwk, pem};
use super::{named, outcome, redirect};

#[tokio::test]
async fn keys_are_fetched_by_discovery_or_from_a_url() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1"), named(Algorithm::RS256, "2")]);
    for decoder in [issuer.discovered(), issuer.known()] {
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("1"))).await, "ok");
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::RS256, Some("2"))).await, "ok");
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::RS256, None)).await, "ok");
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("2"))).await, "invalid");
    }
}

#[tokio::test]
async fn metadata_of_rfc_8414_is_read() {
    let issuer = Issuer::start().await;
    let (metadata, set) = (issuer.metadata(), json!({ "keys": [jwk(Algorithm::EdDSA)] }));
    issuer.respond(move |request| match request.path() {
        OAUTH => Some(axum::Json(metadata.clone()).into_response()),
        "/jwks" => Some(axum::Json(set.clone()).into_response()),
        _ => None,
    });
    assert_eq!(outcome(&issuer.discovered(), &issuer.token(Algorithm::EdDSA, None)).await, "ok");
}

#[tokio::test]
async fn the_metadata_urls_of_an_issuer_with_a_path_follow_the_standards() {
    let issuer = Issuer::start().await;
    let received = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&received);
    issuer.respond(move |request| {
        paths.lock().expect("not poisoned").push(request.path().to_owned());
        None
    });
    let url = format!("{}/realms/demo/", issuer.url);
    let builder = JwtDecoder::builder().issuer(&*url).audience(AUDIENCE);
    let decoder = builder.jwks(Jwks::discovery()).build().expect("a decoder");
    let token = issuer.token_with(Algorithm::ES256, None, |_, claims| claims["iss"] = url.into());
    assert_eq!(outcome(&decoder, &token).await, "unavailable");
    assert_eq!(
        *received.lock().expect("not poisoned"),
        [
            "/realms/demo/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server/realms/demo"
        ]
    );
}

#[tokio::test]
async fn a_decoder_built_outside_a_runtime_fetches_with_its_first_token() {
    let issuer = Issuer::start().await;
    issuer.publishes([jwk(Algorithm::ES256)]);
    let elsewhere = issuer.clone();
    let decoder = std::thread::spawn(move || elsewhere.discovered()).join().expect("a decoder");
    assert_eq!(issuer.fetches(), 0);
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "ok");
}

/// As in a program's tests, each of which has a runtime of its own.
#[test]
fn a_decoder_works_in_another_runtime() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let servers = runtime();
    let issuer = servers.block_on(Issuer::start());
    issuer.publishes([named(Algorithm::ES256, "old")]);
    let first = runtime();
    let decoder = first.block_on(async { issuer.discovered() });
    let (old, new) =
        (issuer.token(Algorithm::ES256, Some("old")), issuer.token(Algorithm::EdDSA, Some("new")));
    assert_eq!(first.block_on(outcome(&decoder, &old)), "ok");
    drop(first);
    issuer.publishes([named(Algorithm::EdDSA, "new")]);
    let second = runtime();
    assert!(decoder.cached(&old).is_none());
    assert_eq!(second.block_on(outcome(&decoder, &old)), "invalid");
    assert_eq!(second.block_on(outcome(&decoder, &new)), "ok");
    assert_eq!(issuer.fetches(), 2);
}

/// The keys of the ended runtime may have been withdrawn, so no request uses them before a fetch.
#[test]
fn requests_wait_for_the_first_fetch_of_another_runtime() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let servers = runtime();
    let issuer = servers.block_on(Issuer::start());
    issuer.publishes([named(Algorithm::ES256, "old")]);
    let first = runtime();
    let decoder = first.block_on(async { issuer.known() });
    let old = issuer.token(Algorithm::ES256, Some("old"));
    assert_eq!(first.block_on(outcome(&decoder, &old)), "ok");
    drop(first);
    assert_eq!(outcome(&decoder, &old).now_or_never(), Some("unavailable"));

    let new = json!({ "keys": [named(Algorithm::EdDSA, "new")] });
    let (release, released) = std::sync::mpsc::channel();
    let released = Mutex::new(released);
    issuer.respond(move |_| {
        released.lock().expect("no panic").recv().expect("a sender");
        Some(axum::Json(new.clone()).into_response())
    });
    runtime().block_on(async {
        let both = [(); 2].map(|()| {
            let (decoder, old) = (decoder.clone(), old.clone());
            tokio::spawn(async move { outcome(&decoder, &old).await })
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        release.send(()).expect("a request");
        for request in both {
            assert_eq!(request.await.expect("no panic"), "invalid");
        }
    });
}

/// There is no timer to wait with.
#[test]
fn outside_a_runtime_a_token_does_not_wait() {
    let servers = tokio::runtime::Runtime::new().expect("a runtime");
    let issuer = servers.block_on(Issuer::start());
    issuer.publishes([jwk(Algorithm::ES256)]);
    let token = issuer.token(Algorithm::ES256, None);
    assert_eq!(outcome(&issuer.known(), &token).now_or_never(), Some("unavailable"));
}

#[tokio::test]
async fn metadata_of_another_issuer_is_not_used() {
    let issuer = Issuer::start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] });
    for metadata in [
        json!({ "issuer": "https://issuer.example", "jwks_uri": format!("{}/jwks", issuer.url) }),
        json!({ "issuer": format!("{}/", issuer.url), "jwks_uri": format!("{}/jwks", issuer.url) }),
        json!({ "issuer": issuer.url }),
        json!({ "issuer": issuer.url, "jwks_uri": "http://issuer.example/jwks" }),
        json!({ "issuer": issuer.url, "jwks_uri": "/jwks" }),
    ] {
        let (text, set) = (metadata.to_string(), set.clone());
        issuer.respond(move |request| match request.path() {
            "/jwks" => Some(axum::Json(set.clone()).into_response()),
            _ => Some(text.clone().into_response()),
        });
        let token = issuer.token(Algorithm::ES256, None);
        assert_eq!(outcome(&issuer.discovered(), &token).await, "unavailable", "{metadata}");
    }
    assert_eq!(issuer.fetches(), 0);
}

#[tokio::test]
async fn a_redirect_within_the_scheme_is_followed() {
    let issuer = Issuer::start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] });
    issuer.respond(move |request| match request.path() {
        "/jwks" => Some(redirect("/moved")),
        _ => Some(axum::Json(set.clone()).into_response()),
    });
    assert_eq!(outcome(&issuer.known(), &issuer.token(Algorithm::ES256, None)).await, "ok");
}

#[test]
fn insecure_urls_of_keys_are_errors() {
    let refusal = |issuer: &str, keys| {
        let builder = JwtDecoder::builder().issuer(issuer).audience(AUDIENCE).jwks(keys);
        builder.build().expect_err("an error").to_string()
    };
    let message = |url: &str, help: &str| format!("`{url}` is not a safe URL to fetch keys from: {help}");
    let plain = "use `https://`, or a loopback address. For development in containers, `Jwks::danger_allow_http` allows one \
                 host, named without scheme and port";
    let relative = "write an absolute one, such as `https://issuer.example`, with no space around it";
    for (url, help) in [
        ("http://issuer.example", plain),
        ("http://127.0.0.1.example", plain),
        ("http://0.0.0.0", plain),
        ("issuer.example", relative),
        ("localhost:8080", relative),
        ("https:/issuer.example", relative),
        ("https://issuer.example ", relative),
        ("file:///etc/passwd", relative),
    ] {
        assert_eq!(refusal(url, Jwks::discovery()), message(url, help));
        assert_eq!(refusal("https://issuer.example", Jwks::uri(url)), message(url, help));
    }
    for credentials in ["user:password", "user", ":password"] {
        let refused = refusal(&format!("https://{credentials}@issuer.example"), Jwks::discovery());
        let help = "remove the user name and the password, which would be logged";
        assert_eq!(refused, message("…@issuer.example", help));
    }
    for (url, shown) in [
        ("https://issuer.example/?a=b", "https://issuer.example/?…"),
        // The `@` may also be that of a malformed password.
        ("https://issuer.example/?a=b@c", "…@?…"),
        ("https://issuer.example/#a", "https://issuer.example/#a"),
    ] {
        let help = "remove the query or the fragment, which no issuer has";
        assert_eq!(refusal(url, Jwks::discovery()), message(shown, help));
    }
    let both = JwtDecoder::builder()
        .issuer("https://issuer.example")
        .audience(AUDIENCE)
        .key(scopes_runtime::VerificationKey::from_pem(Algorithm::ES256, pem!("p256-public")).expect("a key"))
        .jwks(Jwks::discovery());
    assert!(matches!(both.build(), Err(JwtDecoderError::TwoKindsOfKeys)));
}

/// Some issuers answer 200 with a page for people where there is no document.
#[tokio::test]
async fn an_html_page_in_place_of_the_metadata_is_skipped() {
    let issuer = Issuer::start().await;
    let (metadata, set) = (issuer.metadata(), json!({ "keys": [jwk(Algorithm::EdDSA)] }));
    issuer.respond(move |request| match request.path() {
        OAUTH => Some(axum::Json(metadata.clone()).into_response()),
        "/jwks" => Some(axum::Json(set.clone()).into_response()),
        _ => Some("<html>log in</html>".into_response()),
    });
    assert_eq!(outcome(&issuer.discovered(), &issuer.token(Algorithm::EdDSA, None)).await, "ok");
}
