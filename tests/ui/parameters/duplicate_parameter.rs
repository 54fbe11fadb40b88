use scopes_runtime::declare_scopes;

#[declare_scopes]
enum Scope {
    /// Push to a repository.
    Push = "repo:{name}/{name}",
}

fn main() {}
