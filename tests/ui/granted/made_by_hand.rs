use scopes_runtime::{Granted, declare_scopes};

#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}

fn main() {
    let _: Granted<scope::Items> = Granted(std::marker::PhantomData);
}

// Why: The field is private, so that only a check makes a proof.
// Fix: take `Granted` as an argument of the handler, or call `AccessToken::grant`.
