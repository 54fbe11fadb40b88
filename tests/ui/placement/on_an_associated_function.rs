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
