//! The vocabulary: every scope this API knows.

use scopes_runtime::declare_scopes;

/// What an access token may be allowed to do.
#[declare_scopes]
pub(crate) enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}
