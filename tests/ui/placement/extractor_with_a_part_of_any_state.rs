use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use scopes_runtime::{AuthError, requires_scopes};
use scopes_tests::Scope;

struct Refusal(AuthError);

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self(error)
    }
}

impl From<Infallible> for Refusal {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.0).into_response()
    }
}

struct Page;

#[requires_scopes("items")]
impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Refusal;

    async fn from_request_parts(_: &mut Parts, _: &S, State(_): State<u32>) -> Result<Self, Refusal> {
        Ok(Self)
    }
}

struct Limit;

#[requires_scopes("items")]
impl<S> FromRequestParts<S> for Limit
where
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(_: &mut Parts, _: &S, State(_): State<u32>) -> Result<Self, Refusal> {
        Ok(Self)
    }
}

fn main() {}

// Fix: add the condition to the `impl`: `where u32: FromRef<S>`.
