use scopes_runtime::{Granted, declare_scopes};

#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}

fn delete(_: Granted<Scope>) {}

fn main() {
    let _ = delete;
}
