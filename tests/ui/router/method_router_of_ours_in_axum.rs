use axum::Router;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

fn main() {
    let _ = Router::<ResourceServer>::new().route("/scoped", get(scoped));
}
