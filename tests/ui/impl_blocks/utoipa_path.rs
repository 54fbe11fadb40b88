use scopes_runtime::{public, scoped_handlers};

struct Api;

#[scoped_handlers]
impl Api {
    #[public]
    #[utoipa::path(get, path = "/items")]
    async fn items() {}
}

fn main() {}
