use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

struct Api;

impl Api {
    /// Returns the items.
    #[requires_scopes("items")]
    async fn items() {}
}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/", get(Api::items));
    let _ = axum::Router::<ResourceServer>::new().route("/", axum::routing::get(Api::items));
}
