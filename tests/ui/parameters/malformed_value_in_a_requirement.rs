use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
pub enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
}

#[requires_scopes("org::read")]
async fn without_a_value() {}

#[requires_scopes("org:acme:readers")]
async fn with_a_longer_end() {}

fn main() {}
