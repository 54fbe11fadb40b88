use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes(
    any("me", "items"),
    any("items", "items:write"),
    any("me", "items:write"),
    any(Scope::Me, "items"),
    any(Scope::Items, "items:write"),
    any(Scope::Me, "items:write"),
    any("me", Scope::Items)
)]
async fn handler() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
