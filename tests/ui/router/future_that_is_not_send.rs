use std::rc::Rc;

use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {
    let local = Rc::new(());
    std::future::ready(()).await;
    drop(local);
}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped));
}

// Why: axum runs handlers on several threads.
// Fix: do not keep a value such as `Rc` or a lock guard across an `.await`.
