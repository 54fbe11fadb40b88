use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use scopes_runtime::router::get;
use scopes_runtime::{AuthError, ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

struct Database;

struct CurrentUser;

impl<S: Send + Sync> FromRequestParts<S> for CurrentUser
where
    Arc<Database>: FromRef<S>,
{
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

#[requires_scopes("items")]
async fn last(_: CurrentUser) {}

#[requires_scopes("items")]
async fn before_the_body(_: CurrentUser, _: String) {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/last", get(last)).route("/before", get(before_the_body));
}

// Fix: add what the impl of the extractor requires to the state: `#[derive(Clone, FromRef)] struct AppState { server:
// ResourceServer, database: Arc<Database> }`.
