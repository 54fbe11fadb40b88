use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AuthError, requires_scopes};
use scopes_tests::Scope;

struct Many;

#[requires_scopes(any("me", "items"), any("me", "items:write"), any("items", "items:write"), any("me", Scope::Items))]
impl<S: Send + Sync> FromRequestParts<S> for Many {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

#[requires_scopes(any("me", "items"), any("me", "items:write"), any("items", "items:write"))]
async fn handler(_: Many) {}

fn main() {}
