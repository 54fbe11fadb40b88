use axum::http::Method;
use axum::response::Response;
use core::result::Result as Outcome;
use scopes_runtime::{AccessToken, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("me")]
async fn handler(_: Outcome<(AccessToken, Method), Response>) {}

fn main() {}
