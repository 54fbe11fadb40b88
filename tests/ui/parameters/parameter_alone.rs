use scopes_runtime::declare_scopes;

#[declare_scopes]
enum Scope {
    /// Everything of an organization.
    Org = "{org}",
}

fn main() {}
