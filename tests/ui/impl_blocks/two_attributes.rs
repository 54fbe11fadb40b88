use scopes_runtime::{public, requires_scopes, scoped_handlers};

struct Api;

#[scoped_handlers]
impl Api {
    #[requires_scopes]
    #[public]
    async fn items() {}
}

fn main() {}
