use axum::http::Method;
use axum::response::Response;
use scopes_runtime::{AccessToken, requires_scopes};
use scopes_tests::Scope;
use std::convert::Infallible;

type Pair = (Method, AccessToken);
type Fallible<T> = Result<T, Response>;

#[requires_scopes("me")]
async fn handler(_: Result<Fallible<Pair>, Infallible>) {}

fn main() {}
