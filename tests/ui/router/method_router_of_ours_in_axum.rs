use axum::Router;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

fn main() {
    let _ = Router::<ResourceServer>::new().route("/scoped", get(scoped));
}

// Why: axum's `Router` takes axum's method routers. The conversion keeps the checks of the handlers, but no router then reports them.
// Fix: use `ScopedRouter::new()`, or `axum::routing::get` with axum's `Router`, or write `.into()`.
