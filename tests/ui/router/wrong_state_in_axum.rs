use axum::Router;
use axum::routing::get;
use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped() {}

#[derive(Clone)]
struct AppState;

fn main() {
    let _ = Router::<AppState>::new().route("/scoped", get(scoped));
}
