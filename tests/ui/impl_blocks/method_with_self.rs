use scopes_runtime::{requires_scopes, scoped_handlers};

struct Api;

#[scoped_handlers]
impl Api {
    #[requires_scopes]
    async fn items(&self) {}
}

fn main() {}
