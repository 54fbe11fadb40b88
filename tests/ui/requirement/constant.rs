use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

const READ: &str = "items";

#[requires_scopes(READ)]
async fn handler() {}

fn main() {}

// Why: A string constant has no value when macros are expanded.
// Fix: write the literal, or a constant of the vocabulary: `const READ: Scope = Scope::Items;`.
