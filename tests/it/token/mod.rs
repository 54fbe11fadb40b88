//! Decoders of tokens.

mod claims;
mod discovered_scheme;
mod expired;
mod introspection;
mod jwt;
mod loopback;
