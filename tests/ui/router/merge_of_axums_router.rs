use axum::Router;
use axum::routing::get;
use scopes_runtime::{ResourceServer, ScopedRouter};

fn main() {
    let webhooks = Router::new().route("/webhooks/payment", get(async || "ok"));
    let _ = ScopedRouter::<ResourceServer>::new().merge(webhooks);
}
