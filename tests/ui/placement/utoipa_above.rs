use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[utoipa::path(get, path = "/items", responses((status = 200, description = "All items.")))]
#[requires_scopes("items")]
async fn items() {}

fn main() {}

// Fix: move `#[utoipa::path]` below the attribute.
