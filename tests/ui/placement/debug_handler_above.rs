use axum::extract::State;
use scopes_runtime::{ResourceServer, requires_scopes};
use scopes_tests::Scope;

#[axum::debug_handler]
#[requires_scopes("items")]
async fn items(State(_): State<ResourceServer>) {}

fn main() {}
