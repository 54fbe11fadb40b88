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

// Why: Only an enum with `#[declare_scopes]` has scopes.
// Fix: add `#[declare_scopes]` to the enum.
