use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
    /// Read the projects of all organizations.
    #[implies(OrgRead)]
    AllRead = "org:read",
}

#[requires_scopes("org:{organization}:read")]
async fn list_projects() {}

fn main() {}
