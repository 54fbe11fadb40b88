use scopes_runtime::{public, requires_scopes};
use scopes_tests::Scope;

#[public]
#[public]
async fn items() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
