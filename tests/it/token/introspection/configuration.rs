//! Configurations of the decoder.

use std::time::Duration;

use axum::Json;
use axum::response::IntoResponse as _;
use scopes_runtime::{IntrospectionDecoder, TokenDecoder as _};
use scopes_tests::Scope;

use super::{AUDIENCE, accept, refuse, start};

#[tokio::test]
async fn a_moved_endpoint_is_discovered_again() {
    let issuer = start().await;
    issuer.returns(issuer.active());
    let decoder = issuer.decoder();
    accept(&decoder, "1").await;
    let active = issuer.active();
    issuer.introspects_at("/elsewhere", move || Json(active.clone()).into_response());
    assert_eq!(refuse(&decoder, "2").await.0, "unavailable");
    accept(&decoder, "2").await;
}

#[tokio::test]
async fn tokens_over_16_kib_are_not_introspected() {
    let issuer = start().await;
    issuer.returns(issuer.active());
    accept(&issuer.decoder(), &"t".repeat(16 * 1024)).await;
    let refused = refuse(&issuer.decoder(), &"t".repeat(16 * 1024 + 1)).await;
    assert_eq!(refused, ("invalid", "it is longer than 16384 bytes".to_owned()));
    assert_eq!(issuer.introspections(), 1);
}

#[test]
fn incomplete_and_unsafe_configurations_are_errors() {
    let builder = IntrospectionDecoder::builder;
    let whole = || builder().issuer("https://issuer.example").audience(AUDIENCE).client("api", "s3cret");
    let unsafe_url =
        |url: &str, help: &str| format!("`{url}` is not a safe URL for requests with tokens: {help}");
    let plain = "use `https://`, or a loopback address. For development in containers, \
                 `IntrospectionDecoderBuilder::danger_allow_http` allows one host, named without scheme and port";
    for (builder, message) in [
        (
            builder().audience(AUDIENCE).client("api", "secret"),
            "no introspection endpoint configured: call `issuer` with the issuer's URL, or `endpoint` with the URL of its \
             introspection endpoint"
                .to_owned(),
        ),
        (
            builder().issuer("https://issuer.example").client("api", "secret"),
            "the decoder has no audience: call `audience` with the `aud` that names this server in introspection responses"
                .to_owned(),
        ),
        (
            builder().issuer("https://issuer.example").audience(AUDIENCE),
            "no client configured for the introspection endpoint: call `client` with the id and the secret of this server \
             at the issuer"
                .to_owned(),
        ),
        (whole().issuer("http://issuer.example"), unsafe_url("http://issuer.example", plain)),
        (
            whole().issuer("https://issuer.example/?a"),
            unsafe_url("https://issuer.example/?…", "remove the query or the fragment, which no issuer has"),
        ),
        (
            whole().endpoint("http://issuer.example/introspect"),
            unsafe_url("http://issuer.example/introspect", plain),
        ),
        (
            whole().cache_ttl(Duration::from_secs(301)),
            "a `cache_ttl` of 301s is longer than 300 s: a revoked token would be accepted for too long; set at most 300 s"
                .to_owned(),
        ),
    ] {
        assert_eq!(builder.build().expect_err("an error").to_string(), message);
    }
    let decoder = whole().build().expect("a decoder");
    assert!(!format!("{decoder:?} {:?}", whole()).contains("s3cret"));
}

/// It may contain a key, as that of a function of Azure does.
#[tokio::test]
async fn the_query_of_an_endpoint_is_not_shown() {
    let issuer = start().await;
    for (url, failure) in [(&*issuer.url, "responded 404"), ("http://127.0.0.1:1", "failed")] {
        let builder = IntrospectionDecoder::builder().endpoint(format!("{url}/introspect?code=s3cret"));
        let decoder = builder.audience(AUDIENCE).client("api", "secret").build().expect("a decoder");
        let (_, cause) = refuse(&decoder, "token").await;
        assert!(cause.contains(&format!("{url}/introspect?… {failure}")), "{cause}");
        let shown = format!("{cause} {decoder:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

#[tokio::test]
async fn may_grant_drops_other_scopes() {
    let issuer = start().await;
    issuer.returns(issuer.active_with("scope", "admin items me"));
    let decoder = issuer.builder().may_grant(["items"]).may_grant([Scope::Me]).build().expect("a decoder");
    for _ in 0..2 {
        assert_eq!(accept(&decoder, "token").await.scopes().to_string(), "items me");
    }
    assert_eq!(decoder.cached("token").expect("cached").scopes().to_string(), "items me");
    assert_eq!(accept(&issuer.decoder(), "token").await.scopes().to_string(), "admin items me");
}

/// `0.0.0.0` reaches the issuer, but is not loopback.
#[tokio::test]
async fn one_named_host_may_be_requested_over_plain_http() {
    let mut issuer = start().await;
    let loopback = issuer.url.clone();
    issuer.url = loopback.replace("127.0.0.1", "0.0.0.0");
    assert_ne!(issuer.url, loopback);
    issuer.returns(issuer.active());
    let refused = issuer.builder().build().expect_err("plain HTTP").to_string();
    assert!(
        refused.contains("`IntrospectionDecoderBuilder::danger_allow_http` allows one host"),
        "{refused}"
    );
    issuer.builder().danger_allow_http("keycloak").build().expect_err("another host");
    accept(&issuer.builder().danger_allow_http("0.0.0.0").build().expect("the named host"), "1").await;

    let endpoint = format!("{loopback}/introspect");
    let metadata = serde_json::json!({ "issuer": issuer.url, "introspection_endpoint": endpoint });
    let active = issuer.active();
    issuer.respond(move |request| {
        let json = if request.path() == "/introspect" { &active } else { &metadata };
        Some(Json(json.clone()).into_response())
    });
    let decoder = issuer.builder().danger_allow_http("0.0.0.0").build().expect("the named host");
    let introspections = issuer.introspections();
    assert_eq!(refuse(&decoder, "1").await.0, "unavailable");
    assert_eq!(issuer.introspections(), introspections);
}
