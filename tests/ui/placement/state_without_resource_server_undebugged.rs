use axum::Router;
use axum::routing::get;
use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[derive(Clone)]
struct AppState;

#[requires_scopes("items")]
async fn items() {}

fn main() {
    let _: Router = Router::new().route("/items", get(items)).with_state(AppState);
}
