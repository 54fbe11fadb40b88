//! Issuers that are unreachable, slow or return no key set.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::{Algorithm, Jwks, TokenDecoder as _};
use scopes_tests::listen;
use serde_json::json;

use super::super::super::loopback::Issuer;
use super::super::keys::jwk;
use super::{named, outcome, pass, redirect};

type Respond = Box<dyn Fn() -> Response + Send + Sync>;

#[tokio::test]
async fn a_decoder_recovers_when_its_issuer_starts_later() {
    let issuer = Issuer::start().await;
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, None);
    assert_eq!(outcome(&decoder, &token).await, "unavailable");
    issuer.publishes([jwk(Algorithm::ES256)]);
    let start = Instant::now();
    while outcome(&decoder, &token).await != "ok" {
        assert!(start.elapsed() < Duration::from_secs(10), "the decoder does not recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_issuer_that_fails_gets_at_most_one_request_a_second() {
    let issuer = Issuer::start().await;
    let decoder = issuer.known();
    let token = issuer.token(Algorithm::ES256, None);
    let start = Instant::now();
    for _ in 0..3 {
        assert_eq!(outcome(&decoder, &token).await, "unavailable");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let fetches = issuer.fetches() as u64;
    assert!((1..=1 + start.elapsed().as_secs()).contains(&fetches), "{fetches}");
}

#[tokio::test]
async fn cached_tokens_expire_with_their_keys() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, Some("1"));
    assert_eq!(outcome(&decoder, &token).await, "ok");
    issuer.respond(|_| Some(StatusCode::BAD_GATEWAY.into_response()));
    pass(Duration::from_secs(64 * 60)).await;
    assert!(decoder.cached(&token).is_some());
    pass(Duration::from_secs(2 * 60)).await;
    assert!(decoder.cached(&token).is_none());
    assert_eq!(outcome(&decoder, &token).await, "unavailable");
}

#[tokio::test]
async fn the_last_keys_are_used_for_an_hour_of_outage() {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "1")]);
    let decoder = issuer.discovered();
    let (known, unknown) =
        (issuer.token(Algorithm::ES256, Some("1")), issuer.token(Algorithm::ES256, Some("2")));
    assert_eq!(outcome(&decoder, &known).await, "ok");
    issuer.respond(|_| Some(StatusCode::BAD_GATEWAY.into_response()));
    pass(Duration::from_secs(6 * 60)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    // The issuer may have a new key, so that the unknown token is not invalid.
    assert_eq!((outcome(&decoder, &known).await, outcome(&decoder, &unknown).await), ("ok", "unavailable"));
    pass(Duration::from_secs(58 * 60)).await;
    assert_eq!(outcome(&decoder, &known).await, "ok");
    let unavailable = async || decoder.decode(&unknown).await.expect_err("an unknown key").to_string();
    assert!(unavailable().await.ends_with("the token's key is unknown, but may have been published since"));
    pass(Duration::from_secs(2 * 60)).await;
    assert_eq!(outcome(&decoder, &known).await, "unavailable");
    assert!(unavailable().await.contains("the issuer's keys have expired, and no fetch has succeeded since"));
}

/// Without keys a token is neither valid nor invalid.
#[tokio::test]
async fn a_malformed_response_is_unavailable() {
    let issuer = Issuer::start().await;
    let set = json!({ "keys": [jwk(Algorithm::ES256)] }).to_string();
    let json = |text: &str| {
        let text = text.to_owned();
        move || ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response()
    };
    let repeated = set.replacen("{\"keys\"", "{\"keys\":[],\"keys\"", 1);
    let long = format!("{}{}", set, " ".repeat(300 * 1024));
    let other_scheme = |location: &'static str| move || redirect(location);
    let endless = || {
        let chunks = std::iter::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 8192])));
        Body::from_stream(futures_util::stream::iter(chunks)).into_response()
    };
    let cases: Vec<(&str, Respond)> = vec![
        ("no JSON", Box::new(json("{"))),
        ("HTML", Box::new(json("<html><body>log in</body></html>"))),
        ("an array", Box::new(json("[]"))),
        ("no keys", Box::new(json("{}"))),
        ("keys of a wrong type", Box::new(json(r#"{"keys":{}}"#))),
        ("an empty set", Box::new(json(r#"{"keys":[]}"#))),
        ("a repeated member", Box::new(json(&repeated))),
        ("a huge body", Box::new(json(&long))),
        ("an endless body", Box::new(endless)),
        ("an error", Box::new(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())),
        ("a loop", Box::new(other_scheme("/jwks"))),
        ("another scheme", Box::new(other_scheme("file:///etc/passwd"))),
        ("plain HTTP elsewhere", Box::new(other_scheme("http://issuer.example/jwks"))),
        ("no content", Box::new(|| StatusCode::NO_CONTENT.into_response())),
    ];
    for (name, answer) in cases {
        issuer.respond(move |_| Some(answer()));
        let start = Instant::now();
        assert_eq!(
            outcome(&issuer.known(), &issuer.token(Algorithm::ES256, None)).await,
            "unavailable",
            "{name}"
        );
        assert!(start.elapsed() < Duration::from_secs(4), "{name} took {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_slow_issuer_is_unavailable_after_5_seconds() {
    let (_listener, url) = listen().await;
    let issuer = Issuer::start().await;
    let decoder = issuer.decoder_with(Jwks::uri(format!("{url}/jwks")));
    let start = Instant::now();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "unavailable");
    assert!((4..7).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    // The failure is cached.
    let start = Instant::now();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "unavailable");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
