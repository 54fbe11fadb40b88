use scopes_runtime::{public, scoped_handlers};

struct Api;

#[scoped_handlers]
impl Api {
    #[public]
    #[axum::debug_handler]
    async fn items() {}
}

fn main() {}
