use scopes_runtime::{requires_scopes, scoped_handlers};
use scopes_tests::Scope;

trait Items {
    async fn read();
}

struct Shop;

#[scoped_handlers]
impl Items for Shop {
    #[requires_scopes("items")]
    async fn read() {}
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
