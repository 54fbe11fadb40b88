use scopes_runtime::{Granted, declare_scopes};

#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}

fn twice(grant: Granted<scope::Items>) -> [Granted<scope::Items>; 2] {
    [grant.clone(), grant]
}

fn main() {
    let _ = twice;
}

// Why: A copy could be kept when the request is over.
// Fix: lend the proof: `&Granted<…>`.
