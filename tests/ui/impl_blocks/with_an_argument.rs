use scopes_runtime::{public, scoped_handlers};

struct Api;

#[scoped_handlers("items")]
impl Api {
    #[public]
    async fn items() {}
}

fn main() {}
