use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("items")]
pub struct Items {
    count: u64,
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
