use scopes_runtime::{AccessToken, AuthError, declare_scopes, scopes};

#[declare_scopes]
enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
    /// Read the projects of all organizations.
    #[implies(OrgRead)]
    AllRead = "org:read",
}

fn read(token: &AccessToken, org: &str) -> Result<(), AuthError> {
    token.require(scopes!("org:{org}:read", orgs = org, org = org))
}

fn main() {
    let _ = read;
}
