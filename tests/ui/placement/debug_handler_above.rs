use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[axum::debug_handler]
#[requires_scopes("items")]
async fn items() {}

fn main() {}

// Why: `debug_handler` calls the function, and sees it without the guard if it is above.

// Fix: move `#[axum::debug_handler]` below `#[requires_scopes]`.
