use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes(items:write, "me")]
async fn handler() {}

fn main() {}
