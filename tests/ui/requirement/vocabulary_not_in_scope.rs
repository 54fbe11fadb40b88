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
