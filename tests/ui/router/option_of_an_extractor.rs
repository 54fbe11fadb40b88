use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::router::get;
use scopes_runtime::{AccessToken, AuthError, ResourceServer, ScopedRouter, public};

struct CurrentUser;

impl FromRequestParts<ResourceServer> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, server: &ResourceServer) -> Result<Self, AuthError> {
        AccessToken::from_request_parts(parts, server).await.map(|_| Self)
    }
}

#[public]
async fn welcome(_: Option<CurrentUser>) {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/", get(welcome));
}

// Fix: implement axum's `OptionalFromRequestParts<ResourceServer>` for `CurrentUser`.
