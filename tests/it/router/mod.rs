//! `ScopedRouter`.

mod checked_once;
mod in_axum;
mod method_routers;
mod random_routers;
mod require;
mod routes;
mod serve;
mod unchecked;

use axum::Router;
use axum::extract::Path;
use axum::http::{Method, StatusCode};
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::{Readable, Scope};

#[requires_scopes("items")]
async fn items(method: Method) -> String {
    format!("items by {method}")
}

#[requires_scopes("me")]
async fn user(Path(name): Path<String>) -> String {
    name
}

#[public]
async fn open() -> &'static str {
    "open"
}

#[requires_scopes("me")]
async fn nothing_here() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "nothing here")
}

#[public]
async fn another_method() -> (StatusCode, &'static str) {
    (StatusCode::METHOD_NOT_ALLOWED, "another method")
}

fn served(router: ScopedRouter<ResourceServer>) -> Router {
    Router::from(router.with_state(ResourceServer::new(Readable::default())))
}
