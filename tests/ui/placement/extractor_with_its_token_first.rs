use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AccessToken, AuthError, requires_scopes};
use scopes_tests::Scope;

struct CurrentUser(String);

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(token: AccessToken, _: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self(token.subject().unwrap_or_default().to_owned()))
    }
}

struct CurrentTenant;

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentTenant {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: CurrentUser, _: &S) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

fn main() {}
