//! Keys that verify signatures, each for one algorithm.

mod error;
mod generation;
mod jwk;
mod material;
mod public_key;
mod verification_key;

pub use error::KeyError;
pub(in crate::token) use generation::KeyGeneration;
pub use verification_key::VerificationKey;
