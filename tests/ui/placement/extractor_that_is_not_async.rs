use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AuthError, requires_scopes};
use scopes_tests::Scope;

struct CurrentUser;

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    fn from_request_parts(_: &mut Parts, _: &S) -> impl Future<Output = Result<Self, Self::Rejection>> {
        async { Ok(Self) }
    }
}

fn main() {}
