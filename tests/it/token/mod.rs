//! Decoders of tokens.

mod introspection;
mod jwt;
mod loopback;
