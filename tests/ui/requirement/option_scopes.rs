use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes(scopes = ["items", "me"])]
async fn handler() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}

// Why: Scopes have no name.
// Fix: `#[requires_scopes("items", "me")]`.
