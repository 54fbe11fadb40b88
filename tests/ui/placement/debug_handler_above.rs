use axum::extract::State;
use scopes_runtime::{ResourceServer, requires_scopes};
use scopes_tests::Scope;

#[axum::debug_handler]
#[requires_scopes("items")]
async fn items(State(_): State<ResourceServer>) {}

fn main() {}

// Why: `debug_handler` sees the function without the guard if it is above.
// Fix: move `#[axum::debug_handler]` below `#[requires_scopes]`.
