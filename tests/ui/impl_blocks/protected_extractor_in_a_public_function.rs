use scopes_runtime::{AccessToken, public, scoped_handlers};

struct Api;

#[scoped_handlers]
impl Api {
    #[public]
    async fn items(_: AccessToken) {}
}

fn main() {}
