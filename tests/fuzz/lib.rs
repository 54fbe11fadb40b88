//! Properties that hold for any input. The fuzzer checks them, and `cargo test` checks them with fewer inputs.

pub mod properties;
#[cfg(test)]
mod tests;

/// The modules of `scopes-macros` and their properties, only for the fuzzer: only a compiler can call a procedural macro.
/// `cargo test` checks them in `scopes-macros`.
#[cfg(not(test))]
#[path = "../../scopes-macros/src"]
pub mod macros {
    pub(crate) mod attributes;
    pub(crate) mod attrs;
    pub(crate) mod authentication;
    pub(crate) mod declare;
    pub(crate) mod documented;
    pub(crate) mod extractor;
    pub(crate) mod handler;
    pub(crate) mod probe;
    #[path = "tests/properties/mod.rs"]
    mod properties;
    pub(crate) mod requirement;
    pub(crate) mod routes;
    pub(crate) mod scope_token;
    pub(crate) mod similar;
    pub(crate) mod undeclared_scope;

    /// Checks the requirement grammar.
    pub fn requirement(input: &[u8]) -> bool {
        properties::requirement::holds(input)
    }

    /// Checks vocabularies.
    pub fn vocabulary(input: &[u8]) -> bool {
        properties::vocabulary::holds(input)
    }
}

// Their paths in `scopes-macros`.
#[cfg(not(test))]
use macros::{
    attributes, attrs, authentication, declare, documented, extractor, handler, probe, requirement, routes,
    scope_token, similar, undeclared_scope,
};
