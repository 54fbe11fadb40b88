//! Connections that end when their token expires.

use std::convert::Infallible;
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::response::Sse;
use axum::response::sse::Event;
use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, GrantedScopes, requires_scopes};
use scopes_tests::call;
use serde_json::{Map, Value};

fn token_until(expires_at: Option<f64>) -> AccessToken {
    let claims = expires_at.map(|exp| ("exp".to_owned(), Value::from(exp)));
    AccessToken::new(Map::from_iter(claims), GrantedScopes::default()).expect("a token")
}

fn now() -> f64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs_f64()
}

#[tokio::test]
async fn the_future_completes_when_the_token_expires() {
    let start = Instant::now();
    token_until(Some(now() + 0.3)).expired().await;
    assert!(start.elapsed() >= Duration::from_millis(250), "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_future_of_an_expired_token_is_ready() {
    assert!(token_until(Some(now() - 1.0)).expired().now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn the_future_of_a_token_without_expiration_never_completes() {
    let hours = Duration::from_secs(24 * 60 * 60);
    assert!(tokio::time::timeout(hours, token_until(None).expired()).await.is_err());
}

#[tokio::test]
async fn an_event_stream_ends_with_its_token() {
    #[requires_scopes]
    async fn follow(token: AccessToken) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        let first = stream::iter([Ok(Event::default().data("first"))]);
        Sse::new(first.chain(stream::pending()).take_until(token.expired()))
    }

    let issuer = TestIssuer::new();
    let app = Router::from(ScopedRouter::new().route("/", get(follow)).with_state(issuer.resource_server()));
    let token = issuer.token().claim("exp", now() + 1.0).sign();
    let answer = call(&app, "GET", "/", Some(&token)).await;
    assert_eq!(answer.text, "data: first\n\n");
    assert_eq!(call(&app, "GET", "/", Some(&token)).await.status, 401);
}
