use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

struct Item;

#[requires_scopes("items")]
async fn scoped() -> Item {
    Item
}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped));
}

// Fix: implement `IntoResponse` for the type, or return one that has it, such as `Json<Item>`.
