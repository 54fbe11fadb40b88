use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn items() {}

fn main() {
    let router = || ScopedRouter::<ResourceServer>::new().route("/items", get(items));
    let _ = router().require("items");
    let _ = router().require(Scope::Items);
}

// Fix: write `scopes!("items")`, or `scopes!(Scope::Items)`.
