//! `IntrospectionDecoder`: its requests, the responses that make a token valid, and its cache.

mod cache;
mod configuration;
mod responses;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use scopes_runtime::{
    AccessToken, DecodeError, IntrospectionDecoder, IntrospectionDecoderBuilder, TokenDecoder as _,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const AUDIENCE: &str = "https://api.example";

type Answer = Arc<dyn Fn(&str) -> Response + Send + Sync>;

/// Headers and form of a request.
type Asked = (HeaderMap, Vec<(String, String)>);

/// An issuer on loopback that says of tokens whatever it is told to.
#[derive(Clone)]
struct Issuer {
    url: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    last: Arc<Mutex<Option<Asked>>>,
    /// Milliseconds that an answer takes beyond the usual.
    slow: Arc<AtomicUsize>,
    /// Whether the endpoint is elsewhere now.
    moved: Arc<AtomicBool>,
}

impl Issuer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let nothing: Answer = Arc::new(|_| StatusCode::NOT_FOUND.into_response());
        let issuer = Self {
            url,
            answer: Arc::new(Mutex::new(nothing)),
            asked: Arc::default(),
            last: Arc::default(),
            slow: Arc::default(),
            moved: Arc::default(),
        };
        let app = Router::new()
            .route("/.well-known/oauth-authorization-server", get(Self::metadata))
            .route("/{path}", post(Self::introspect))
            .with_state(issuer.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        issuer
    }

    fn path(&self) -> &'static str {
        if self.moved.load(Ordering::Relaxed) { "elsewhere" } else { "introspect" }
    }

    async fn metadata(State(issuer): State<Self>) -> Json<Value> {
        let endpoint = format!("{}/{}", issuer.url, issuer.path());
        Json(json!({ "issuer": issuer.url, "introspection_endpoint": endpoint }))
    }

    async fn introspect(
        State(issuer): State<Self>,
        Path(path): Path<String>,
        headers: HeaderMap,
        Form(form): Form<Vec<(String, String)>>,
    ) -> Response {
        if path != issuer.path() {
            return StatusCode::NOT_FOUND.into_response();
        }
        issuer.asked.fetch_add(1, Ordering::Relaxed);
        let token = form.iter().find(|(name, _)| name == "token").map(|(_, token)| token.clone());
        *issuer.last.lock().expect("not poisoned") = Some((headers, form));
        let slow = u64::try_from(issuer.slow.load(Ordering::Relaxed)).expect("milliseconds");
        tokio::time::sleep(Duration::from_millis(20 + slow)).await;
        let answer = Arc::clone(&issuer.answer.lock().expect("not poisoned"));
        answer(&token.expect("a token"))
    }

    fn answers(&self, answer: impl Fn(&str) -> Response + Send + Sync + 'static) {
        *self.answer.lock().expect("not poisoned") = Arc::new(answer);
    }

    fn says(&self, answer: Value) {
        self.answers(move |_| Json(answer.clone()).into_response());
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn builder(&self) -> IntrospectionDecoderBuilder {
        IntrospectionDecoder::builder().issuer(&*self.url).audience(AUDIENCE).client("the api", "s3cr:t%")
    }

    fn decoder(&self) -> IntrospectionDecoder {
        self.builder().build().expect("a decoder")
    }

    /// What it says of a token that is accepted.
    fn active(&self) -> Value {
        json!({
            "active": true,
            "scope": "me items",
            "client_id": "app",
            "username": "alice",
            "token_type": "Bearer",
            "exp": now() + 300,
            "iat": now(),
            "nbf": now(),
            "sub": "alice",
            "aud": [AUDIENCE],
            "iss": self.url,
            "jti": "1",
        })
    }

    fn active_with(&self, name: &str, value: impl Into<Value>) -> Value {
        let mut answer = self.active();
        answer[name] = value.into();
        answer
    }

    fn active_without(&self, name: &str) -> Value {
        let mut answer = self.active();
        answer.as_object_mut().expect("an object").remove(name).expect("a member");
        answer
    }
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs()
}

async fn accept(decoder: &IntrospectionDecoder, token: &str) -> AccessToken {
    decoder.decode(token).await.unwrap_or_else(|error| panic!("{error}"))
}

/// `invalid` or `unavailable`, and why.
async fn refuse(decoder: &IntrospectionDecoder, token: &str) -> (&'static str, String) {
    match decoder.decode(token).await {
        Ok(token) => panic!("it should be refused: {token:?}"),
        Err(DecodeError::Invalid(reason)) => ("invalid", reason.to_string()),
        Err(DecodeError::Unavailable { reason, .. }) => ("unavailable", reason.to_string()),
        Err(other) => panic!("{other}"),
    }
}
