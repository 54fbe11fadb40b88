//! Tokens that are bound to a key of their sender: proofs of DPoP (RFC 9449), and certificates (RFC 8705).

mod dpop;
mod memory_store;
mod nonce;
mod proof;
mod proof_key;
#[cfg(feature = "redis")]
mod redis_store;
mod refusal;
mod replay_store;
mod target;
mod thumbprint;

pub(crate) use dpop::DpopRequest;
pub use dpop::{Dpop, DpopError};
pub(crate) use proof::ALGORITHMS as DPOP_ALGORITHMS;
#[cfg(feature = "redis")]
pub use redis_store::{RedisReplayStore, RedisReplayStoreError};
pub(crate) use refusal::DpopRefusal;
pub use replay_store::{ReplayFuture, ReplayStore};
pub use thumbprint::certificate_thumbprint;
