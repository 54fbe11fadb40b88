use scopes_runtime::{requires_scopes, scoped_handlers};
use scopes_tests::Scope;

struct Api;

#[scoped_handlers]
impl Api {
    #[requires_scopes("itmes")]
    async fn items() {}
}

fn main() {
    let _ = axum::Router::<scopes_runtime::ResourceServer>::new().route("/", axum::routing::get(Api::items));
}
