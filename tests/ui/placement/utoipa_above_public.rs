use scopes_runtime::public;

#[utoipa::path(get, path = "/health", responses((status = 200, description = "It runs.")))]
#[public]
async fn health() {}

fn main() {}

// Fix: move `#[utoipa::path]` below the attribute.
