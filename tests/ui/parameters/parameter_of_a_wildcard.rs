use scopes_runtime::declare_scopes;

#[declare_scopes]
enum Scope {
    /// Read a file.
    File = "file:{*path}",
}

fn main() {}
