//! A macro of the user's that is called `Scope` resolves the literal to another scope.

use scopes_runtime::{declare_scopes, requires_scopes};

mod vocabulary {
    #[super::declare_scopes]
    pub enum Scope {
        /// Read items.
        Items = "items",
        /// Everything.
        Admin = "admin",
    }
}

macro_rules! Scope {
    ($($tokens:tt)*) => {
        vocabulary::Scope::Items
    };
}

#[requires_scopes("admin")]
async fn handler() {}

fn main() {}
