use scopes_runtime::public;

struct Api;

impl Api {
    #[public]
    async fn health() {}
}

fn main() {}

// Why: The attribute adds items beside the function, which an `impl` block cannot contain. It does not see the block around the function.
// Fix: add `#[scoped_handlers]` to the `impl` block.
