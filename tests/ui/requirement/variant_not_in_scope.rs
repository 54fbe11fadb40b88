use scopes_runtime::requires_scopes;

#[requires_scopes(Scope::Items)]
async fn handler() {}

mod scopes {
    use scopes_runtime::declare_scopes;

    #[declare_scopes]
    pub enum Scope {
        /// Read items.
        Items = "items",
    }
}

fn main() {}

// Fix: import the vocabulary, or write its path: `crate::scopes::Scope::Items`.
