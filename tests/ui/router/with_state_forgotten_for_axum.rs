use axum::Router;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

fn app() -> Router {
    let router = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped));
    Router::from(router)
}

fn main() {
    app();
}

// Why: The conversion does not set the state. axum's `Router` is `Router<()>`, whose state is set.
// Fix: call `router.with_state(state)` first.
