use axum::Router;
use axum::routing::get;
use scopes_runtime::{ResourceServer, requires_scopes};
use scopes_tests::Scope;
use tokio::net::TcpListener;

#[requires_scopes("items")]
async fn scoped() {}

fn main() {
    let router = Router::<ResourceServer>::new().route("/scoped", get(scoped));
    let _ = async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        axum::serve(listener, router).await.unwrap();
    };
}

// Why: `axum::serve` requires both bounds. A router whose state is missing does not implement `Service`.
// Fix: call `router.with_state(state)` first.
