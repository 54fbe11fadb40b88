use scopes_runtime::declare_scopes;

#[derive(Clone, Debug)]
#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
}

fn main() {}

// Why: `#[declare_scopes]` derives these traits, and those above it are derived before it reads the enum.
// Fix: remove them. Further traits go below `#[declare_scopes]`.
