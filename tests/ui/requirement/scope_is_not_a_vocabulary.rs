use scopes_runtime::requires_scopes;

enum Scope {
    Me,
}

#[requires_scopes("me")]
async fn handler() {}

fn main() {}
