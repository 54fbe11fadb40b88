use scopes_runtime::{AccessToken, public, requires_scopes};
use scopes_tests::Scope;

#[public]
async fn items(token: AccessToken) -> String {
    format!("{token:?}")
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
