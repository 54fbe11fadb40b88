use scopes_runtime::declare_scopes;

#[declare_scopes]
enum Scope {}

fn main() {}
