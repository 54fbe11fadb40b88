//! Signed tokens and the keys that verify them (RFC 7515, RFC 7517, RFC 7518). Nothing here reads claims.

mod algorithm;
mod jws;
mod key;
mod last_header;
mod signature;

#[cfg(feature = "bound-tokens")]
pub(super) use algorithm::parse_algorithm;
pub(super) use jws::{Header, Jws};
pub(super) use key::KeyGeneration;
pub use key::{KeyError, VerificationKey};
pub(super) use last_header::LastHeader;
pub(super) use signature::{MAX_TRIED_KEYS, SignatureOutcome, verify};
