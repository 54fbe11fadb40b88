use scopes_runtime::{Granted, declare_scopes};

#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}

fn write(_: Granted<scope::ItemsWrite>) {}

fn handler(grant: Granted<scope::Items>) {
    write(grant);
}

fn main() {
    let _ = handler;
}

// Why: The proof is of another scope.
// Fix: take `Granted` of the scope that the function needs.
