use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
    /// Everything.
    #[implies(Items)]
    Admin = "admin",
}

#[requires_scopes("items", Scope::Admin)]
async fn handler() {}

fn main() {}
