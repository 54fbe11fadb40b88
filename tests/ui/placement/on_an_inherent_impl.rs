use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

struct Items;

#[requires_scopes("items")]
impl Items {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
