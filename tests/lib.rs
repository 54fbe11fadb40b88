//! Shared by the tests: vocabularies of another crate, a decoder for readable tokens, and an HTTP client for routers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use futures_util::FutureExt as _;
use scopes_runtime::{AccessToken, DecodeError, DecodeFuture, GrantedScopes, TokenDecoder, declare_scopes};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// What an access token may be allowed to do.
#[declare_scopes]
pub enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}

/// A second vocabulary, under a name that tests import as `Scope`.
pub mod billing {
    use scopes_runtime::declare_scopes;

    /// What a token may do with invoices.
    #[declare_scopes]
    pub enum BillingScope {
        /// Read invoices.
        InvoicesRead = "invoices:read",
        /// Read, send and cancel invoices.
        #[implies(InvoicesRead)]
        Invoices = "invoices",
        /// Everything there is to do with money.
        #[implies(Invoices)]
        Billing = "billing",
    }
}

/// Decodes the tokens of [`token`], rejects `bad` as invalid, is unavailable for `down`, and counts its calls.
#[derive(Clone, Default)]
pub struct Readable {
    decoded: Arc<AtomicUsize>,
}

impl Readable {
    /// Returns how many tokens were decoded.
    #[must_use]
    pub fn decoded(&self) -> usize {
        self.decoded.load(Ordering::Relaxed)
    }
}

impl TokenDecoder for Readable {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        self.decoded.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            match token {
                "bad" => Err(DecodeError::invalid("it is bad")),
                "down" => Err(DecodeError::unavailable(Duration::from_millis(6500), "no connection")),
                _ => {
                    let claims = Map::from_iter([("sub".to_owned(), Value::from("alice"))]);
                    AccessToken::new(
                        claims,
                        GrantedScopes::from_list(&token.replace('+', " ").replace('~', ":")),
                    )
                }
            }
        })
    }
}

/// [`Readable`] with all tokens in its cache.
#[derive(Default)]
pub struct Cached(Readable);

impl TokenDecoder for Cached {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        self.0.decode(token)
    }

    fn cached(&self, token: &str) -> Option<AccessToken> {
        self.decode(token).now_or_never()?.ok()
    }
}

/// Returns a token with these scopes, in the characters of a bearer token.
#[must_use]
pub fn token(scopes: &str) -> String {
    scopes.replace(' ', "+").replace(':', "~")
}

/// Returns an `Authorization` header with a token with these scopes.
#[must_use]
pub fn bearer(scopes: &str) -> String {
    format!("Bearer {}", token(scopes))
}

/// Returns the current time in seconds since 1970.
///
/// # Panics
///
/// The clock is before 1970.
#[must_use]
pub fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs()
}

/// A response whose body was read.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub text: String,
}

impl Answer {
    /// Returns the challenge, if any.
    ///
    /// # Panics
    ///
    /// There is more than one.
    #[must_use]
    pub fn challenge(&self) -> Option<&str> {
        assert!(self.headers.get_all(header::WWW_AUTHENTICATE).iter().count() <= 1);
        self.headers.get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok())
    }

    /// Returns the body as JSON.
    ///
    /// # Panics
    ///
    /// The body is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the body is JSON")
    }
}

/// Sends a request without a body, with this token if any.
///
/// # Panics
///
/// The method, path or token is malformed.
pub async fn call(app: &Router, method: &str, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    send(app, request.body(Body::empty()).expect("a request")).await
}

/// Sends a GET request with these `Authorization` headers.
pub async fn get(app: &Router, path: &str, authorization: &[&str]) -> Answer {
    let headers: Vec<_> = authorization.iter().map(|value| value.as_bytes()).collect();
    get_raw(app, path, &headers).await
}

/// Replaces the seconds in the reason of a refusal, such as `5 s ago`, by `N`.
#[must_use]
pub fn without_seconds(reason: &str) -> String {
    let words: Vec<_> = reason.split(' ').collect();
    let is_time = |at: usize| {
        let is_number = words[at].bytes().all(|byte| byte.is_ascii_digit()) && !words[at].is_empty();
        let unit = words.get(at + 1) == Some(&"s");
        is_number && unit && words.get(at + 2).is_some_and(|next| next.starts_with("ago") || *next == "in")
    };
    let masked: Vec<_> = (0..words.len()).map(|at| if is_time(at) { "N" } else { words[at] }).collect();
    masked.join(" ")
}

/// Sends a GET request with `Authorization` headers of these bytes.
///
/// # Panics
///
/// The bytes are not a header value.
pub async fn get_raw(app: &Router, path: &str, authorization: &[&[u8]]) -> Answer {
    let mut request = Request::builder().uri(path);
    for value in authorization {
        let value = HeaderValue::from_bytes(value).expect("a header value");
        request = request.header(header::AUTHORIZATION, value);
    }
    send(app, request.body(Body::empty()).expect("a request")).await
}

/// Sends a request.
///
/// # Panics
///
/// The body of the response ends early or is not UTF-8.
pub async fn send(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a whole body");
    let text = String::from_utf8(body.to_vec()).expect("a body of text");
    Answer { status: parts.status, headers: parts.headers, text }
}

/// Listens on a free port of loopback. Returns the listener and its URL.
///
/// # Panics
///
/// No port is free.
pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

/// The examples of the README and of the guide, which need features of several crates.
#[cfg(doctest)]
pub mod examples {
    #[doc = include_str!("../README.md")]
    pub mod readme {}

    #[doc = include_str!("../scopes-runtime/src/guide/applications.md")]
    pub mod applications {}

    #[doc = include_str!("../scopes-runtime/src/guide/bound_tokens.md")]
    pub mod bound_tokens {}

    #[doc = include_str!("../scopes-runtime/src/guide/beyond_the_route.md")]
    pub mod beyond_the_route {}

    #[doc = include_str!("../scopes-runtime/src/guide/documents.md")]
    pub mod documents {}

    #[doc = include_str!("../scopes-runtime/src/guide/from_fastapi.md")]
    pub mod from_fastapi {}

    #[doc = include_str!("../scopes-runtime/src/guide/from_spring.md")]
    pub mod from_spring {}

    #[doc = include_str!("../scopes-runtime/src/guide/lock_file.md")]
    pub mod lock_file {}

    #[doc = include_str!("../scopes-runtime/src/guide/mcp.md")]
    pub mod mcp {}

    #[doc = include_str!("../scopes-runtime/src/guide/opaque_tokens.md")]
    pub mod opaque_tokens {}

    #[doc = include_str!("../scopes-runtime/src/guide/operation.md")]
    pub mod operation {}

    #[doc = include_str!("../scopes-runtime/src/guide/products.md")]
    pub mod products {}

    #[doc = include_str!("../scopes-runtime/src/guide/responses.md")]
    pub mod responses {}

    #[doc = include_str!("../scopes-runtime/src/guide/scope_parameters.md")]
    pub mod scope_parameters {}

    #[doc = include_str!("../scopes-runtime/src/guide/several_issuers.md")]
    pub mod several_issuers {}

    #[doc = include_str!("../scopes-runtime/src/guide/step_up.md")]
    pub mod step_up {}

    #[doc = include_str!("../scopes-runtime/src/guide/testing.md")]
    pub mod testing {}

    #[doc = include_str!("../scopes-runtime/src/guide/threat_model.md")]
    pub mod threat_model {}

    #[doc = include_str!("../scopes-runtime/src/guide/tokens.md")]
    pub mod tokens {}
}
