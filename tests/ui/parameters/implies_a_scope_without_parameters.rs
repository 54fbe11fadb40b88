use scopes_runtime::declare_scopes;

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read the projects of an organization.
    #[implies(Me)]
    OrgRead = "org:{org}:read",
}

fn main() {}
