use axum::extract::{FromRef, State};
use scopes_runtime::router::post;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[derive(Clone)]
struct Store;

#[derive(Clone)]
struct AppState {
    server: ResourceServer,
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.server.clone()
    }
}

#[requires_scopes("items")]
async fn create(_: State<Store>, _: String) {}

fn main() {
    let _ = ScopedRouter::<AppState>::new().route("/items", post(create));
}

// Fix: add a `Store` to `AppState`, and derive `FromRef` on it.
