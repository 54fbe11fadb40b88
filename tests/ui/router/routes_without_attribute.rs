use scopes_runtime::ResourceServer;
use scopes_runtime::router::{ScopedRouter, routes};

#[utoipa::path(get, path = "/items", responses((status = 200, description = "All items.")))]
async fn items() {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().routes(routes!(items));
}
