use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "me",
}

#[requires_scopes("me")]
async fn handler() {}

fn main() {}

// Fix: give each variant a name of its own.
