use axum::http::Method;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn scoped(body: String, _: Method) -> String {
    body
}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/scoped", get(scoped));
}

// Fix: make the argument that reads the body the last one.
