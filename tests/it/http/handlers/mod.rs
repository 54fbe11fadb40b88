//! Handlers and extractors. An operation requires all that its handler and its extractors require.

mod context;
mod decoding;
mod extractors;
mod shapes;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use scopes_runtime::{AccessToken, AuthError, ResourceServer, requires_scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, bearer, get, send};

#[derive(Clone)]
struct AppState {
    server: ResourceServer,
    greeting: &'static str,
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.server.clone()
    }
}

fn state() -> AppState {
    AppState { server: ResourceServer::new(Readable::default()), greeting: "hello" }
}

/// Returns the scopes in the problem details of the operation's 401 response.
async fn required(router: Router<AppState>, request: axum::http::Request<axum::body::Body>) -> String {
    let answer = send(&router.with_state(state()), request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
    answer.json()["scope"].as_str().unwrap_or_default().to_owned()
}

async fn required_to_get(router: Router<AppState>, path: &str) -> String {
    required(router, axum::http::Request::get(path).body(axum::body::Body::empty()).expect("a request")).await
}

async fn text(router: Router<AppState>, path: &str, scopes: &str) -> String {
    let answer = get(&router.with_state(state()), path, &[&bearer(scopes)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.text
}

struct CurrentUser(String);

#[requires_scopes("me")]
impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
{
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, token: AccessToken) -> Result<Self, Self::Rejection> {
        Ok(Self(token.subject().unwrap_or_default().to_owned()))
    }
}

/// An extractor that takes another one and has its own rejection.
struct Customer {
    user: CurrentUser,
    method: Method,
}

enum CustomerError {
    Auth(AuthError),
    Unknown,
}

impl From<AuthError> for CustomerError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl IntoResponse for CustomerError {
    fn into_response(self) -> Response {
        match self {
            Self::Auth(error) => error.into_response(),
            Self::Unknown => StatusCode::CONFLICT.into_response(),
        }
    }
}

#[requires_scopes(BillingScope::InvoicesRead)]
impl<S: Send + Sync> FromRequestParts<S> for Customer {
    type Rejection = CustomerError;

    async fn from_request_parts(
        parts: &mut Parts,
        _state: &S,
        user: CurrentUser,
        method: Method,
        _: Customized,
    ) -> Result<Self, CustomerError> {
        if parts.uri.query() == Some("unknown") {
            return Err(CustomerError::Unknown);
        }
        Ok(Self { user, method })
    }
}

/// An extractor that other extractors take.
struct Customized;

#[requires_scopes("items")]
impl<S: Send + Sync> FromRequestParts<S> for Customized {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

trait Greeter: Clone + Send + Sync + 'static {
    fn greet(&self) -> &'static str;
}

impl Greeter for AppState {
    fn greet(&self) -> &'static str {
        self.greeting
    }
}
