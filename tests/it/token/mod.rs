//! Decoders of tokens.

mod chosen;
mod claims;
mod discovered_scheme;
mod expired;
mod introspection;
mod jwt;
mod loopback;
