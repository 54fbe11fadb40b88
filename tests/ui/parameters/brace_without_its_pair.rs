use scopes_runtime::declare_scopes;

#[declare_scopes]
enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org:read",
}

fn main() {}
