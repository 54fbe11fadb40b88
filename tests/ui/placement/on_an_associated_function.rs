use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

struct Api;

impl Api {
    #[requires_scopes("items")]
    async fn items() {}
}

fn main() {
    let _ = axum::Router::<scopes_runtime::ResourceServer>::new().route("/", axum::routing::get(Api::items));
}

// Why: The attribute adds items beside the function, which an `impl` block cannot contain. It does not see the block around the function.
// Fix: add `#[scoped_handlers]` to the `impl` block.
