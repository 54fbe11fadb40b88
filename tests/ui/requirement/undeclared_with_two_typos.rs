use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("itmes:wite")]
async fn handler() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
