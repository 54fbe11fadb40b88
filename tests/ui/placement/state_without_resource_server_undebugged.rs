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

// Why: The guard of a handler takes the `ResourceServer` out of the router's state. `#[axum::debug_handler]` below the attribute says so.
// Fix: implement `FromRef` of the state for `ResourceServer`, for instance by `#[derive(FromRef)]` on the state.
