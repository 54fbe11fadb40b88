use scopes_runtime::{AccessToken, AuthError, Granted, declare_scopes};

#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
    /// Read the projects of all organizations.
    #[implies(OrgRead)]
    AllRead = "org:read",
}

fn list_projects(token: &AccessToken) -> Result<(), AuthError> {
    let _grant: Granted<scope::OrgRead> = token.grant()?;
    Ok(())
}

fn main() {
    let _ = list_projects;
}

// Why: The proof has the values of the scope's parameters.
// Fix: give them, as in `token.grant_for(scope::OrgRead { org: "acme".into() })`.
