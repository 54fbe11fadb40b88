//! Tokens that are bound to their sender, so that a stolen token is of no use without the sender's key: [`Dpop`] (RFC 9449) and
//! [`MutualTls`] (RFC 8705).
//!
//! Both are off by default, and then such tokens are refused. To accept them, set
//! [`JwtDecoderBuilder::allow_bound_tokens`](crate::JwtDecoderBuilder::allow_bound_tokens) on the decoder, and
//! [`ResourceServerBuilder::dpop`](crate::ResourceServerBuilder::dpop) or
//! [`ResourceServerBuilder::mutual_tls`](crate::ResourceServerBuilder::mutual_tls) on the server. A token that is bound to both
//! a key and a certificate needs both.

pub use crate::http::{ClientCertificate, MutualTls};
pub use crate::token::{Dpop, DpopError, ReplayFuture, ReplayStore, certificate_thumbprint};
#[cfg(feature = "redis")]
pub use crate::token::{RedisReplayStore, RedisReplayStoreError};
