use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("write:items")]
async fn handler() {}

fn main() {}
