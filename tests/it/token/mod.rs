//! Decoders of tokens.

mod introspection;
mod jwt;
