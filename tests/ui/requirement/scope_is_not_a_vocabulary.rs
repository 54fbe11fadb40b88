use scopes_runtime::requires_scopes;

enum Scope {
    Me,
}

#[requires_scopes("me")]
async fn handler() {}

fn main() {}

// Why: The enum `Scope` has no `#[declare_scopes]`, so there is no macro of that name.
// Fix: add `#[declare_scopes]` to the enum.
