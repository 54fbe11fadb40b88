use axum::extract::{FromRequest, Request};
use scopes_runtime::{AccessToken, AuthError, requires_scopes};
use scopes_tests::Scope;

struct Upload;

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = AuthError;

    async fn from_request(_: Request, _: &S, _: AccessToken) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}

// Why: other extractors of the handler would run before the check.
// Fix: remove the attribute, and write `#[requires_scopes("me")]` on the handlers that take the extractor.
