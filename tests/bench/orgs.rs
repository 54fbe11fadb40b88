//! A handler whose scope has a parameter.

use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
}

#[requires_scopes("org:{org}:read")]
pub(crate) async fn of_one() -> &'static str {
    "Hello, World!"
}
