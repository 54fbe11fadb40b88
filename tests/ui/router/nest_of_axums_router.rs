use axum::Router;
use axum::routing::get;
use scopes_runtime::{ResourceServer, ScopedRouter};

fn main() {
    let webhooks = Router::<ResourceServer>::new().route("/payment", get(async || "ok"));
    let _ = ScopedRouter::<ResourceServer>::new().nest("/webhooks", webhooks);
}
