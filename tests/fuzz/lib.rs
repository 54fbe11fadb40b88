//! What holds whatever the input is: for the fuzzer, and with fewer inputs for `cargo test`, as a test of `scopes-tests`.

pub mod properties;
#[cfg(test)]
mod tests;

/// A procedural macro can be called by the compiler alone, so its modules are a part of this crate too.
#[path = "../../scopes-macros/src"]
mod macros {
    pub(crate) mod attributes;
    pub(crate) mod attrs;
    pub(crate) mod authentication;
    pub(crate) mod declare;
    pub(crate) mod documented;
    pub(crate) mod extractor;
    pub(crate) mod handler;
    pub(crate) mod probe;
    pub(crate) mod requirement;
    pub(crate) mod routes;
    pub(crate) mod scope;
}

// They know each other by these paths.
use macros::{
    attributes, attrs, authentication, declare, documented, extractor, handler, probe, requirement, routes,
    scope,
};
