//! The macro `Scope` comes from one vocabulary, the type `Scope` from another one.

use scopes_runtime::{declare_scopes, requires_scopes};

mod accounts {
    #[super::declare_scopes]
    pub enum Scope {
        /// Read accounts.
        Read = "accounts:read",
    }
}

mod invoices {
    #[super::declare_scopes]
    pub enum Invoices {
        /// Read invoices.
        Read = "invoices:read",
    }
}

use accounts::*;

type Scope = invoices::Invoices;

#[requires_scopes("accounts:read")]
async fn handler() {}

fn main() {}
