//! Plain HTTP to one named host. The tests use `0.0.0.0`, which reaches the issuer but is not loopback.

use axum::response::IntoResponse as _;
use scopes_runtime::{Algorithm, Jwks, JwtDecoder, JwtDecoderError};
use serde_json::json;

use super::super::super::loopback::{Issuer, OPENID};
use super::super::issuer::AUDIENCE;
use super::super::keys::jwk;
use super::{outcome, redirect};

const HOST: &str = "0.0.0.0";
/// Another host that is not loopback, by its name, and reaches the issuer.
const OTHER_HOST: &str = "[::ffff:127.0.0.1]";

/// Starts an issuer whose URL has the named host.
async fn start() -> Issuer {
    let mut issuer = Issuer::start().await;
    issuer.url = on(&issuer, HOST);
    issuer
}

/// Returns the URL of the issuer with another host.
fn on(issuer: &Issuer, host: &str) -> String {
    let (_, port) = issuer.url.rsplit_once(':').expect("a port");
    format!("http://{host}:{port}")
}

fn is_refused(issuer: &str, jwks: Jwks) -> bool {
    let builder = JwtDecoder::builder().issuer(issuer).audience(AUDIENCE).jwks(jwks);
    matches!(builder.build(), Err(JwtDecoderError::UnsafeUrl { .. }))
}

#[tokio::test]
async fn keys_of_the_named_host_are_fetched() {
    let issuer = start().await;
    issuer.publishes([jwk(Algorithm::ES256)]);
    let token = issuer.token(Algorithm::ES256, None);
    let url = format!("{}/jwks", issuer.url);
    for jwks in [Jwks::discovery(), Jwks::uri(&url)] {
        let decoder = issuer.decoder_with(jwks.clone().danger_allow_http(HOST));
        assert_eq!(outcome(&decoder, &token).await, "ok");
        assert!(is_refused(&issuer.url, jwks));
    }
}

/// As in a container: browsers reach the issuer by another name.
#[tokio::test]
async fn the_issuer_may_have_another_name() {
    let issuer = start().await;
    issuer.publishes([jwk(Algorithm::ES256)]);
    let jwks = Jwks::uri(format!("{}/jwks", issuer.url)).danger_allow_http(HOST);
    let builder = JwtDecoder::builder().issuer("http://localhost:8080").audience(AUDIENCE).jwks(jwks);
    let token = issuer.token_with(Algorithm::ES256, None, |_, claims| {
        claims["iss"] = "http://localhost:8080".into();
    });
    assert_eq!(outcome(&builder.build().expect("a decoder"), &token).await, "ok");
}

#[test]
fn other_hosts_are_refused() {
    let allowed = || Jwks::discovery().danger_allow_http("keycloak");
    for url in [
        "http://other",
        "http://keycloak.example",
        "http://keycloak@other",
        "http://other/keycloak",
        "http://other#keycloak",
        "http://user@keycloak",
        "ftp://keycloak",
    ] {
        assert!(is_refused(url, allowed()), "{url}");
    }
    for named in ["", "keycloak:8080", "http://keycloak", "*", "key"] {
        assert!(is_refused("http://keycloak:8080", Jwks::discovery().danger_allow_http(named)), "{named}");
    }
    let decoder = |url: &str| JwtDecoder::builder().issuer(url).audience(AUDIENCE).jwks(allowed()).build();
    decoder("http://KEYCLOAK:8080/realms/shop").expect("the named host");
    decoder("https://issuer.example").expect("HTTPS needs no opt-in");
}

#[tokio::test]
async fn redirects_lead_to_no_other_host() {
    let issuer = start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] });
    for (host, expected) in [
        (HOST, "ok"),
        ("127.0.0.1", "unavailable"),
        ("localhost", "unavailable"),
        (OTHER_HOST, "unavailable"),
    ] {
        let (moved, set) = (format!("{}/moved", on(&issuer, host)), set.clone());
        issuer.respond(move |request| match request.path() {
            "/jwks" => Some(redirect(&moved)),
            _ => Some(axum::Json(set.clone()).into_response()),
        });
        let jwks = Jwks::uri(format!("{}/jwks", issuer.url)).danger_allow_http(HOST);
        let decoder = issuer.decoder_with(jwks);
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, expected, "{host}");
    }
    assert_eq!(issuer.received("/moved").len(), 1);
}

#[tokio::test]
async fn metadata_leads_to_no_other_host() {
    let issuer = start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] });
    for (host, expected) in [(HOST, "ok"), ("127.0.0.1", "unavailable"), (OTHER_HOST, "unavailable")] {
        let metadata = json!({ "issuer": issuer.url, "jwks_uri": format!("{}/jwks", on(&issuer, host)) });
        let set = set.clone();
        issuer.respond(move |request| match request.path() {
            OPENID => Some(axum::Json(metadata.clone()).into_response()),
            "/jwks" => Some(axum::Json(set.clone()).into_response()),
            _ => None,
        });
        let decoder = issuer.decoder_with(Jwks::discovery().danger_allow_http(HOST));
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, expected, "{host}");
    }
    assert_eq!(issuer.fetches(), 1);
}

/// An issuer on loopback does not lead to the named host either.
#[tokio::test]
async fn loopback_does_not_lead_to_the_named_host() {
    let issuer = Issuer::start().await;
    let named = format!("{}/moved", on(&issuer, HOST));
    let set = json!({ "keys": [jwk(Algorithm::ES256)] });
    issuer.respond(move |request| match request.path() {
        "/jwks" => Some(redirect(&named)),
        _ => Some(axum::Json(set.clone()).into_response()),
    });
    let decoder = issuer.decoder_with(Jwks::uri(format!("{}/jwks", issuer.url)).danger_allow_http(HOST));
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "unavailable");
    assert!(issuer.received("/moved").is_empty());
}
