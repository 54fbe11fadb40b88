use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

struct Api;

impl Api { #[requires_scopes("items")] async fn items() {} }

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
