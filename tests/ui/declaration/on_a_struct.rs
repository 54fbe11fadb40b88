use scopes_runtime::declare_scopes;

#[declare_scopes]
pub struct Scope {
    me: String,
}

fn main() {}
