use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes(any = "me")]
async fn handler() {}

#[requires_scopes(all = ["me", "items"])]
async fn all() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
