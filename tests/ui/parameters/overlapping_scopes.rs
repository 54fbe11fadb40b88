use scopes_runtime::declare_scopes;

#[declare_scopes]
enum Scope {
    /// Read a user.
    User = "users:{user}",
    /// Read the current user.
    Me = "users:me",
}

fn main() {}
