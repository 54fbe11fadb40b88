use scopes_runtime::requires_scopes;
use scopes_tests::Scope;
use utoipa as openapi;

#[requires_scopes("items")]
#[openapi::path(get, path = "/items", responses((status = 200, description = "All items.")))]
async fn items() {}

fn main() {}

// Fix: write `#[utoipa::path]`.
