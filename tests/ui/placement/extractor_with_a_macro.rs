use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AuthError, requires_scopes};
use scopes_tests::Scope;

struct CurrentUser;

macro_rules! method {
    () => {
        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
            Ok(Self)
        }
    };
}

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    #[cfg(any())]
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self)
    }

    method!();
}

fn main() {}
