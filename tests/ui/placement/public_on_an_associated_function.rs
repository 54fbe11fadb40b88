use scopes_runtime::public;

struct Api;

impl Api {
    #[public]
    async fn health() {}
}

fn main() {}
