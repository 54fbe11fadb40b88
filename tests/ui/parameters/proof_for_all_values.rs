use scopes_runtime::{Granted, declare_scopes};

#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
    /// Read the projects of all organizations.
    #[implies(OrgRead)]
    AllRead = "org:read",
}

fn list_projects(_: Granted<scope::OrgRead>) {}

fn list_own_projects(grant: Granted<scope::AllRead>) {
    list_projects(grant.implied());
}

fn main() {
    let _ = list_own_projects;
}

// Why: The proof of the broader scope has no values of parameters.
// Fix: give them, as in `grant.implied_for(scope::OrgRead { org: "acme".into() })`.
