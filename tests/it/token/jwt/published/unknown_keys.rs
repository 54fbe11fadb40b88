//! Tokens whose `kid` no published key has: 503 while the key may be a new one, then 200 or 401.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::response::IntoResponse as _;
use scopes_runtime::{Algorithm, DecodeError, JwtDecoder, TokenDecoder as _};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::super::super::loopback::Issuer;
use super::super::keys::jwk;
use super::{named, outcome, pass};

const WINDOW: Duration = Duration::from_secs(10);
/// The maximum number of requests that wait for keys.
const MAX_WAITING: usize = 1024;

/// Returns an issuer with the key `old`, and a decoder that has just fetched it.
async fn just_fetched() -> (Issuer, JwtDecoder) {
    let issuer = Issuer::start().await;
    issuer.publishes([named(Algorithm::ES256, "old")]);
    let decoder = issuer.discovered();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("old"))).await, "ok");
    (issuer, decoder)
}

/// Returns the `Retry-After` for a token that must be unavailable.
async fn retry_after(decoder: &JwtDecoder, token: &str) -> Duration {
    match decoder.decode(token).await {
        Err(DecodeError::Unavailable { retry_after, .. }) => {
            assert!(!retry_after.is_zero() && retry_after <= WINDOW, "{retry_after:?}");
            retry_after
        }
        other => panic!("not unavailable: {other:?}"),
    }
}

/// Decodes a hundred tokens of another client with unknown keys.
async fn strangers(issuer: &Issuer, decoder: &JwtDecoder) {
    for number in 0..100 {
        let token = issuer.token(Algorithm::ES256, Some(&format!("unknown {number}")));
        assert_ne!(outcome(decoder, &token).await, "ok");
    }
}

async fn until_fetched(issuer: &Issuer, times: usize) {
    let start = Instant::now();
    while issuer.fetches() < times {
        assert!(start.elapsed() < Duration::from_secs(10), "the keys are not fetched");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn unknown_kids_of_other_clients_do_not_delay_a_new_key() {
    let (issuer, decoder) = just_fetched().await;
    issuer.publishes([named(Algorithm::ES256, "old"), named(Algorithm::EdDSA, "new")]);
    let token = issuer.token(Algorithm::EdDSA, Some("new"));
    strangers(&issuer, &decoder).await;
    let wait = retry_after(&decoder, &token).await;
    strangers(&issuer, &decoder).await;
    assert_eq!(issuer.fetches(), 1);
    pass(wait).await;
    strangers(&issuer, &decoder).await;
    assert_eq!(outcome(&decoder, &token).await, "ok");
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn an_unknown_kid_is_invalid_after_the_next_fetch() {
    let (issuer, decoder) = just_fetched().await;
    let token = issuer.token(Algorithm::EdDSA, Some("absent"));
    let wait = retry_after(&decoder, &token).await;
    pass(wait).await;
    strangers(&issuer, &decoder).await;
    assert_eq!(outcome(&decoder, &token).await, "invalid");
    strangers(&issuer, &decoder).await;
    assert_eq!(outcome(&decoder, &token).await, "invalid");
    assert_eq!(issuer.fetches(), 2);
}

/// Otherwise a client that guesses the next `kid` could make the first tokens of that key invalid.
#[tokio::test]
async fn an_invalid_token_does_not_make_others_with_its_kid_invalid() {
    let (issuer, decoder) = just_fetched().await;
    let guessed = issuer.token(Algorithm::ES256, Some("new"));
    let wait = retry_after(&decoder, &guessed).await;
    pass(wait).await;
    assert_eq!(outcome(&decoder, &guessed).await, "invalid");
    issuer.publishes([named(Algorithm::ES256, "old"), named(Algorithm::EdDSA, "new")]);
    let token = issuer.token(Algorithm::EdDSA, Some("new"));
    let wait = retry_after(&decoder, &token).await;
    pass(wait).await;
    assert_eq!(outcome(&decoder, &token).await, "ok");
}

#[tokio::test]
async fn a_scheduled_fetch_needs_no_further_request() {
    let (issuer, decoder) = just_fetched().await;
    strangers(&issuer, &decoder).await;
    pass(WINDOW).await;
    until_fetched(&issuer, 2).await;
    // One fetch serves all of these tokens.
    pass(2 * WINDOW).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(issuer.fetches(), 2);
}

/// The fetched set may be older than the token's key.
#[tokio::test]
async fn a_fetch_that_began_before_the_token_arrived_does_not_make_it_invalid() {
    let (issuer, decoder) = just_fetched().await;
    let (set, released) = (json!({ "keys": [jwk(Algorithm::ES384)] }).to_string(), Arc::new(Notify::new()));
    let (metadata, release) = (issuer.metadata().to_string(), Arc::clone(&released));
    issuer.respond(move |request| {
        let (set, release) = (set.clone(), Arc::clone(&release));
        match request.path() {
            "/jwks" => Some(
                Body::from_stream(futures_util::stream::once(async move {
                    release.notified().await;
                    Ok::<_, std::io::Error>(Bytes::from(set))
                }))
                .into_response(),
            ),
            _ => Some(metadata.clone().into_response()),
        }
    });
    pass(WINDOW).await;
    let tokens = ["early", "late"].map(|kid| issuer.token(Algorithm::ES256, Some(kid)));
    let decode = |token: &str| {
        let (decoder, token) = (decoder.clone(), token.to_owned());
        tokio::spawn(async move { outcome(&decoder, &token).await })
    };
    let early = decode(&tokens[0]);
    until_fetched(&issuer, 2).await;
    let mut late = Box::pin(outcome(&decoder, &tokens[1]));
    assert!(late.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    released.notify_one();
    assert_eq!((early.await.expect("no panic"), late.await), ("invalid", "unavailable"));
    released.notify_one();
    let wait = retry_after(&decoder, &tokens[1]).await;
    pass(wait).await;
    until_fetched(&issuer, 3).await;
    assert_eq!(outcome(&decoder, &tokens[1]).await, "invalid");
}

#[tokio::test]
async fn a_token_that_no_key_can_make_valid_causes_no_fetch() {
    let (issuer, decoder) = just_fetched().await;
    let down = Issuer::start().await;
    let (without_keys, unavailable) = (down.discovered(), down.token(Algorithm::ES256, Some("1")));
    assert_eq!(outcome(&without_keys, &unavailable).await, "unavailable");
    type Change = fn(&mut Value, &mut Value);
    let changes: [(&str, Change); 6] = [
        ("expired", |_, claims| claims["exp"] = 1.into()),
        ("of another issuer", |_, claims| claims["iss"] = "https://other.example".into()),
        ("for another API", |_, claims| claims["aud"] = "https://other.example".into()),
        ("bound", |_, claims| claims["cnf"] = json!({ "jkt": "a" })),
        ("an ID token", |header, _| header["typ"] = "JWT".into()),
        ("signed with a secret", |header, _| header["alg"] = "HS256".into()),
    ];
    for (name, change) in changes {
        for (issuer, decoder) in [(&issuer, &decoder), (&down, &without_keys)] {
            let token = issuer.token_with(Algorithm::ES256, Some("unknown"), change);
            assert_eq!(outcome(decoder, &token).await, "invalid", "{name}");
        }
    }
    assert_eq!(issuer.fetches(), 1);
}

/// All fetched keys have a `kid`. A token without one, or with the `kid` of a key for another algorithm, cannot have a
/// new key.
#[tokio::test]
async fn only_an_unknown_kid_is_unavailable() {
    let (issuer, decoder) = just_fetched().await;
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::EdDSA, None)).await, "invalid");
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::EdDSA, Some("old"))).await, "invalid");
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::EdDSA, Some("new"))).await, "unavailable");
    issuer.publishes([jwk(Algorithm::ES256)]);
    let decoder = issuer.discovered();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, None)).await, "ok");
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::EdDSA, None)).await, "unavailable");
}

#[tokio::test]
async fn at_most_1024_requests_wait_for_keys() {
    let (issuer, decoder) = just_fetched().await;
    issuer.respond(|_| {
        Some(
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>())
                .into_response(),
        )
    });
    pass(WINDOW).await;
    let token = issuer.token(Algorithm::EdDSA, Some("new"));
    let mut context = Context::from_waker(Waker::noop());
    let mut waiting: Vec<_> = (0..MAX_WAITING).map(|_| decoder.decode(&token)).collect();
    assert!(waiting.iter_mut().all(|request| request.as_mut().poll(&mut context).is_pending()));
    let one_more = decoder.decode(&token).as_mut().poll(&mut context);
    assert!(matches!(one_more, Poll::Ready(Err(DecodeError::Unavailable { .. }))), "{one_more:?}");
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("old"))).await, "ok");
    waiting.pop();
    assert!(decoder.decode(&token).as_mut().poll(&mut context).is_pending());
}

#[tokio::test]
async fn an_empty_key_set_is_fetched_again_soon() {
    let issuer = Issuer::start().await;
    issuer.publishes(json!([]));
    let decoder = issuer.discovered();
    let token = issuer.token(Algorithm::ES256, Some("1"));
    let wait = retry_after(&decoder, &token).await;
    let error = decoder.decode(&token).await.expect_err("no key").to_string();
    assert!(error.ends_with("the issuer publishes no key that can be used"), "{error}");
    issuer.publishes([named(Algorithm::ES256, "1")]);
    pass(wait).await;
    assert_eq!(outcome(&decoder, &token).await, "ok");
}
