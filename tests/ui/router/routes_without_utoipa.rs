use scopes_runtime::router::{ScopedRouter, routes};
use scopes_runtime::{ResourceServer, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("me")]
async fn items() {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().routes(routes!(items));
}
