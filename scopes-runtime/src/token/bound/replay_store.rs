use std::error::Error;
use std::pin::Pin;
use std::time::SystemTime;

/// The future that `insert` of a [`ReplayStore`] returns.
pub type ReplayFuture<'a> =
    Pin<Box<dyn Future<Output = Result<bool, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Stores which DPoP proofs were used (RFC 9449 section 11.1).
///
/// Default: the memory of the process, which does not contain the proofs that other copies of the server have accepted. Copies
/// share the proofs if they share a store:
///
/// ```
/// use std::time::SystemTime;
///
/// use scopes_runtime::bound::{ReplayFuture, ReplayStore};
///
/// struct Shared;
/// # impl Shared { async fn add(&self, _: [u8; 16], _: SystemTime) -> Result<bool, std::io::Error> { Ok(true) } }
///
/// impl ReplayStore for Shared {
///     fn insert(&self, proof: [u8; 16], expires_at: SystemTime) -> ReplayFuture<'_> {
///         Box::pin(async move { Ok(self.add(proof, expires_at).await?) })
///     }
/// }
/// ```
pub trait ReplayStore: Send + Sync + 'static {
    /// Inserts the hash of a proof and of its key, in one atomic step, until `expires_at`. Returns whether it is new.
    ///
    /// # Errors
    ///
    /// Any error if the proof cannot be inserted. The request is then refused with 503. The error goes to the log.
    fn insert(&self, proof: [u8; 16], expires_at: SystemTime) -> ReplayFuture<'_>;
}
