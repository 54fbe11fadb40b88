use axum::extract::State;
use scopes_runtime::{ResourceServer, requires_scopes};
use scopes_tests::Scope;

#[axum::debug_handler(state = ResourceServer)]
#[requires_scopes("items")]
async fn items(State(_): State<ResourceServer>) -> String {
    String::new()
}

fn main() {}

// Why: `debug_handler` calls the function, and sees it without the guard if it is above.
// Fix: move `#[axum::debug_handler]` below `#[requires_scopes]`.
