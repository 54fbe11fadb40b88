use scopes_runtime::requires_scopes;

#[requires_scopes("me", "items")]
async fn handler() {}

mod scopes {
    use scopes_runtime::declare_scopes;

    #[declare_scopes]
    pub enum Scope {
        /// Read information about the current user.
        Me = "me",
        /// Read items.
        Items = "items",
    }
}

fn main() {}

// Why: A literal is resolved by the macro with the vocabulary's name, `Scope!`, which `use` imports together with the enum. The compiler looks macros up before the attribute could report anything, so the message is the compiler's own; it shows the missing import, for a vocabulary that is `pub`.
// Fix: add `use crate::scopes::Scope;`, with the path of the vocabulary.
