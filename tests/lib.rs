//! What the tests share: vocabularies that live in another crate than they do, a server that decodes readable tokens,
//! and requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use scopes_runtime::{AccessToken, DecodeError, DecodeFuture, GrantedScopes, TokenDecoder, declare_scopes};
use serde_json::{Map, Value};
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

/// Decodes tokens that [`token`] makes, `bad` as invalid and `down` as not decidable now; counts how often.
#[derive(Clone, Default)]
pub struct Readable {
    decoded: Arc<AtomicUsize>,
}

impl Readable {
    /// How many tokens were decoded.
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
                "down" => Err(DecodeError::unavailable(Duration::from_millis(6500), "nobody is there")),
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

/// A token with the scopes, in the characters of a bearer token.
#[must_use]
pub fn token(scopes: &str) -> String {
    scopes.replace(' ', "+").replace(':', "~")
}

/// What a request was answered.
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
    /// The one challenge, if there is one.
    ///
    /// # Panics
    ///
    /// There are several.
    #[must_use]
    pub fn challenge(&self) -> Option<&str> {
        assert!(self.headers.get_all(header::WWW_AUTHENTICATE).iter().count() <= 1);
        self.headers.get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// It is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the body is JSON")
    }
}

/// Sends a GET with these `Authorization` lines.
pub async fn get(app: &Router, path: &str, authorization: &[&str]) -> Answer {
    let lines: Vec<_> = authorization.iter().map(|line| line.as_bytes()).collect();
    get_raw(app, path, &lines).await
}

/// Sends a GET with these `Authorization` lines, of any bytes that a header may have.
///
/// # Panics
///
/// A header may not have them.
pub async fn get_raw(app: &Router, path: &str, authorization: &[&[u8]]) -> Answer {
    let mut request = Request::builder().uri(path);
    for line in authorization {
        request =
            request.header(header::AUTHORIZATION, HeaderValue::from_bytes(line).expect("a header value"));
    }
    send(app, request.body(Body::empty()).expect("a request")).await
}

/// Sends a request.
///
/// # Panics
///
/// The body of the answer breaks off or is not text.
pub async fn send(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a whole body");
    let text = String::from_utf8(body.to_vec()).expect("a body of text");
    Answer { status: parts.status, headers: parts.headers, text }
}

/// The README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub mod readme {}
