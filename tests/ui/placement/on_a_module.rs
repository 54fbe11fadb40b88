use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("items")]
mod items {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
