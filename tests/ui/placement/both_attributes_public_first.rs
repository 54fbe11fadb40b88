use scopes_runtime::{public, requires_scopes};
use scopes_tests::Scope;

#[public]
#[requires_scopes("items")]
async fn items() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
