use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    #[implies(ItemsWrite)]
    Items = "items",
    /// Create, change and delete items.
    #[implies(Me, ItemsAdmin)]
    ItemsWrite = "items:write",
    /// Everything.
    #[implies(Items)]
    ItemsAdmin = "items:admin",
}

#[requires_scopes("me")]
async fn handler() {}

fn main() {}
