use axum::extract::OptionalFromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AuthError, requires_scopes};
use scopes_tests::Scope;

struct CurrentUser;

#[requires_scopes("me")]
impl<S: Send + Sync> OptionalFromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(None)
    }
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}

// Why: an optional extractor accepts requests without a token, so it requires nothing.
// Fix: remove the attribute, and extract `Option<AccessToken>` in the method, as the page "applications" of the guide shows.
