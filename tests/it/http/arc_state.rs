//! A router whose state is an `Arc`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, State};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::{AccessToken, ResourceServer, requires_scopes};
use scopes_tests::{Readable, Scope, call};

struct AppState {
    greeting: &'static str,
    resource_server: ResourceServer,
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.resource_server.clone()
    }
}

#[requires_scopes("me")]
async fn greet(token: AccessToken, State(state): State<Arc<AppState>>) -> String {
    format!("{}, {}", state.greeting, token.subject().unwrap_or_default())
}

#[tokio::test]
async fn one_impl_for_the_inner_type_is_enough() {
    let state =
        Arc::new(AppState { greeting: "hello", resource_server: ResourceServer::new(Readable::default()) });
    let scoped: Router = ScopedRouter::new().route("/", get(greet)).with_state(Arc::clone(&state)).into();
    let plain = Router::new().route("/", axum::routing::get(greet)).with_state(state);
    for app in [scoped, plain] {
        assert_eq!(call(&app, "GET", "/", None).await.status, 401);
        assert_eq!(call(&app, "GET", "/", Some("items")).await.status, 403);
        assert_eq!(call(&app, "GET", "/", Some("me")).await.text, "hello, alice");
    }
}
