use std::sync::Arc;

use scopes_runtime::router::get;
use scopes_runtime::{ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

struct AppState;

fn main() {
    let _ = ScopedRouter::<Arc<AppState>>::new().route("/scoped", get(scoped));
}

// Fix: implement `FromRef<AppState>` for `ResourceServer`; the `Arc` needs nothing of its own.
