use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("me", acr = all("urn:example:silver", "urn:example:gold"))]
async fn handler() {}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
