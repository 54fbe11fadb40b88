use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;
use tokio::net::TcpListener;

#[requires_scopes("items")]
async fn scoped() {}

fn main() {
    let router = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped));
    let _ = async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        axum::serve(listener, router).await.unwrap();
    };
}

// Why: `axum::serve` requires both bounds. A router whose state is missing does not implement `Service`.
// Fix: call `router.with_state(state)` first.
