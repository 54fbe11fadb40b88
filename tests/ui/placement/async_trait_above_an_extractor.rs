use async_trait::async_trait;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AccessToken, AuthError, requires_scopes};
use scopes_tests::Scope;

struct CurrentUser;

#[async_trait]
#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, _: AccessToken) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

fn main() {}

// Why: `#[async_trait]` has replaced the method before this attribute reads it.
// Fix: remove `#[async_trait]`. The traits of axum 0.8 have `async` methods.
