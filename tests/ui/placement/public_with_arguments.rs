use scopes_runtime::{public, requires_scopes};
use scopes_tests::Scope;

#[public("me")]
async fn literal() {}

#[public(because = "it is open")]
async fn another_key() {}

#[public(reason = WHY)]
async fn constant() {}

#[public(reason = " ")]
async fn empty() {}

#[public(reason = "it is open", "me")]
async fn more() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
