use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use scopes_runtime::{AuthError, ResourceServer, requires_scopes};
use scopes_tests::Scope;

struct CurrentUser;

#[requires_scopes("me")]
impl FromRequestParts<ResourceServer> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(
        _: &mut Parts,
        _: &ResourceServer,
        State(_): State<ResourceServer>,
        Path(_): Path<String>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

fn main() {}

// Why: The body of the extractor begins with the extraction of its further arguments, whose rejections become its own.
