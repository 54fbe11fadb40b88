use axum::extract::State;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[derive(Clone)]
struct Database;

#[requires_scopes("items")]
async fn scoped(_: State<Database>) {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped));
}

// Fix: use a state from which both can be taken: `#[derive(Clone, FromRef)] struct AppState { server: ResourceServer, database: Database }`.
