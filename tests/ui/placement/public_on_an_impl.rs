use scopes_runtime::{public, requires_scopes};
use scopes_tests::Scope;

struct Items;

#[public]
impl Items {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
