use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, public};

#[public]
async fn health() {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/health", get(health()));
}
