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

// Why: The guard of a handler takes the `ResourceServer` out of the router's state.
// Fix: implement `FromRef<AppState>` for `ResourceServer`, for instance by `#[derive(FromRef)]` on the state. A `ScopedRouter` says so.
