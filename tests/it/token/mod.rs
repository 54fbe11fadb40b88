//! Decoders of tokens.

mod expired;
mod introspection;
mod jwt;
mod loopback;
