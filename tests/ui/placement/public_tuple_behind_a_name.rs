use axum::http::{Method, Uri};
use axum::response::Response;
use scopes_runtime::public;

type Fallible<T> = Result<T, Response>;
type Pair = (Method, Uri);

#[public]
async fn handler(_: Fallible<Pair>) {}

fn main() {}
