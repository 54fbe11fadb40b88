use scopes_runtime::ResourceServer;
use scopes_runtime::router::{ScopedRouter, routes};

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().routes(routes!(async || "open"));
}
