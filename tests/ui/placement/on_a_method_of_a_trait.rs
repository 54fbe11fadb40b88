use scopes_runtime::{public, requires_scopes};
use scopes_tests::Scope;

trait Api {
    #[public]
    async fn health() {}
}

struct Shop;

trait Items {
    async fn read() -> &'static str;
}

impl Items for Shop {
    #[requires_scopes("items")]
    async fn read() -> &'static str {
        "items"
    }
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}

// Why: a trait cannot contain what the attribute declares beside the function.
// Fix: write a function outside of the trait, with the attribute, that calls the method. The router takes the function.
