use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AccessToken, requires_scopes};
use scopes_tests::Scope;

struct CurrentUser;

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = String;

    async fn from_request_parts(_: &mut Parts, _: &S, _: AccessToken) -> Result<Self, String> {
        Ok(Self)
    }
}

fn main() {}
