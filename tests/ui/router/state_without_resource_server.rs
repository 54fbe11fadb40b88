use scopes_runtime::router::get;
use scopes_runtime::{ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

#[derive(Clone)]
struct AppState;

fn main() {
    let _ = ScopedRouter::<AppState>::new().route("/scoped", get(scoped));
}

// Fix: put a `ResourceServer` into the state, and derive `FromRef` on it.
