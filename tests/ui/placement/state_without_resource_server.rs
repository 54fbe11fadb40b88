use axum::extract::State;
use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[derive(Clone)]
struct AppState;

#[requires_scopes("items")]
#[axum::debug_handler]
async fn items(State(_): State<AppState>) {}

fn main() {}
