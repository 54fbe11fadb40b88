use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

struct Items;

#[requires_scopes("items")]
impl Default for Items {
    fn default() -> Self {
        Self
    }
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
