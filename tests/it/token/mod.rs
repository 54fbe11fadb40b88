//! Decoders of tokens.

mod discovered_scheme;
mod expired;
mod introspection;
mod jwt;
mod loopback;
