use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

const READ: &str = "items";

#[requires_scopes(READ)]
async fn handler() {}

fn main() {}
