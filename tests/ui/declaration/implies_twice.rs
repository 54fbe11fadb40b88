use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    #[implies(Me, Me)]
    Items = "items",
}

#[requires_scopes("me")]
async fn handler() {}

fn main() {}
