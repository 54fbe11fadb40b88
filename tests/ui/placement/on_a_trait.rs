use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("items")]
trait Items {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
