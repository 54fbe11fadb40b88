use scopes_runtime::{Granted, declare_scopes};

#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}

fn handler(grant: Granted<scope::Items>) -> Granted<scope::ItemsWrite> {
    grant.implied()
}

fn main() {
    let _ = handler;
}

// Why: A proof shows what the token has, so it can be turned into a narrower one only.
// Fix: take `Granted<scope::ItemsWrite>`.
