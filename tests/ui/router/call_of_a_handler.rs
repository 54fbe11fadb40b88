use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped()));
}

// Why: The call lacks the guard, which the attribute adds as the first argument, and its value is a future. The compiler checks the call and the argument of `get` separately.
// Fix: pass the function: `get(scoped)`.
