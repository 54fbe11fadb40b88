use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

struct Item;

#[requires_scopes("items")]
async fn scoped(_: Item) {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped));
}

// Fix: implement `FromRequestParts` for the type, or wrap it in an extractor such as `Json<Item>`.
