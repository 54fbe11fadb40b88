use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes(Scope::Itmes)]
async fn handler() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}

// Fix: correct the name, or declare the variant.
