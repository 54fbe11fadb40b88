use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes(Other::Me)]
async fn handler() {}

enum Other {
    Me,
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
