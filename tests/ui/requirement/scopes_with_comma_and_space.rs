use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("me, items")]
async fn handler() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
