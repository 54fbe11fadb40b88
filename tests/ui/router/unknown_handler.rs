use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scopd));
}

// Fix: correct the name, or import the handler.
