use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes(Scope::ALL)]
async fn handler() {}

fn main() {}

// Fix: list the variants.
