//! Properties that hold for any input. The fuzzer checks them, and `cargo test` checks them with fewer inputs.

pub mod properties;
#[cfg(test)]
mod tests;

/// The modules of `scopes-macros` and their properties, only for the fuzzer: only a compiler can call a procedural macro.
/// `cargo test` checks them in `scopes-macros`.
#[cfg(not(test))]
#[path = "../../scopes-macros/src"]
#[allow(dead_code, reason = "the targets call only some of the macros")]
pub mod macros {
    pub(crate) mod attribute_macros;
    pub(crate) mod declare;
    pub(crate) mod documented;
    pub(crate) mod enclosing_block;
    pub(crate) mod extractor;
    pub(crate) mod extractor_requirements;
    pub(crate) mod generated;
    pub(crate) mod handler;
    pub(crate) mod handler_attribute;
    pub(crate) mod hints;
    pub(crate) mod item_attributes;
    pub(crate) mod name_parts;
    pub(crate) mod place;
    #[path = "tests/properties/mod.rs"]
    mod properties;
    pub(crate) mod requirement;
    pub(crate) mod requirement_options;
    pub(crate) mod routes;
    pub(crate) mod scope_token;
    pub(crate) mod signature;
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
    attribute_macros, declare, documented, enclosing_block, extractor, extractor_requirements, generated,
    handler, handler_attribute, hints, item_attributes, name_parts, place, requirement, requirement_options,
    routes, scope_token, signature, similar, undeclared_scope,
};
