use scopes_runtime::public;

#[axum::debug_handler]
#[public]
async fn health() {}

fn main() {}

// Why: `debug_handler` calls the function, and sees it without the guard if it is above.
// Fix: move `#[axum::debug_handler]` below `#[public]`.
