//! The authorization server: `POST /token` checks passwords and signs access tokens, and the metadata describes it.

pub(crate) mod dpop;
pub(crate) mod jwt_secret;
pub(crate) mod metadata;
pub(crate) mod passwords;
pub(crate) mod rate_limits;
pub(crate) mod signer;
pub(crate) mod signing_key;
pub(crate) mod token_endpoint;
pub(crate) mod tokens;
