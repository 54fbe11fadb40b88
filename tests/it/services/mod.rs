//! Services that are not handlers, with a requirement that the router checks.

mod files;
mod graphql;
mod grpc;
mod nested;
mod requirement;
mod websocket;

use axum::Router;
use scopes_runtime::{ResourceServer, ScopedRouter};
use scopes_tests::{Readable, listen};

fn served(router: ScopedRouter<ResourceServer>) -> Router {
    Router::from(router.with_state(ResourceServer::new(Readable::default())))
}

/// Serves a router on loopback. Returns its URL.
async fn listening(router: ScopedRouter<ResourceServer>) -> String {
    let (listener, url) = listen().await;
    let app = router.with_state(ResourceServer::new(Readable::default()));
    tokio::spawn(async { axum::serve(listener, app).await });
    url
}
