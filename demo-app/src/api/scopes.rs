//! The scopes that this API declares.

use scopes_runtime::declare_scopes;

/// The permissions that an access token can grant.
#[declare_scopes(types = scope)]
pub(crate) enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
    /// Add items for one user.
    UserItems = "users:{username}:items",
}
