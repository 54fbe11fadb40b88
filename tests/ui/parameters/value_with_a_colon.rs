use scopes_runtime::{AccessToken, AuthError, declare_scopes, scopes};

#[declare_scopes]
enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
}

fn check(token: &AccessToken, name: &str) -> Result<(), AuthError> {
    token.require(scopes!("org:{org}:read", org: name))
}

fn main() {}
