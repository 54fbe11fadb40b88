use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ExistenceCheck, RedisError, SetExpiry, SetOptions, Value, cmd};
use tokio::time::timeout;

use super::replay_store::{ReplayFuture, ReplayStore};
use crate::readable_debug::readable_debug;

/// Longest wait for the server, with the time for a new connection. Then the request is refused with 503.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// How long a proof is kept after it expires, for copies whose clocks are slow.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(60);
const PREFIX: &str = "dpop:";

/// The used proofs of several copies of a server, on Redis or Valkey. Feature `redis`.
///
/// Each proof is a key `dpop:…` that expires after about two minutes. If the server does not respond within 1 s, requests with
/// DPoP are refused with 503. A replica that takes over may lack the last proofs, because Redis replicates asynchronously.
/// Set `maxmemory-policy noeviction`: any other policy may evict used proofs, which could then be used again.
///
/// ```
/// use scopes_runtime::bound::{Dpop, RedisReplayStore};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let store = RedisReplayStore::new("redis://127.0.0.1/0")?;
/// let dpop = Dpop::new("https://api.example")?.replay_store(store);
/// # Ok(()) }) }
/// ```
#[derive(Clone)]
pub struct RedisReplayStore(ConnectionManager);

/// The error of a [`RedisReplayStore`]: the URL is not one of a Redis server.
#[derive(thiserror::Error)]
#[error("the URL of the replay store is not one of a Redis server, such as `redis://127.0.0.1/0`: {0}")]
pub struct RedisReplayStoreError(#[source] RedisError);

readable_debug!(RedisReplayStoreError);

impl RedisReplayStore {
    /// Creates a store on the Redis or Valkey server with this URL.
    ///
    /// It connects at the first proof, and again when the connection is lost. For `rediss://`, enable a TLS feature of the crate
    /// `redis`, such as `tokio-rustls-comp`.
    ///
    /// # Errors
    ///
    /// [`RedisReplayStoreError`] if the URL is not one of a Redis server.
    ///
    /// # Panics
    ///
    /// Panics without a tokio runtime.
    pub fn new(url: &str) -> Result<Self, RedisReplayStoreError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(MAX_WAIT))
            .set_response_timeout(Some(MAX_WAIT))
            .set_max_delay(MAX_WAIT)
            .set_number_of_retries(1);
        let client = Client::open(url).map_err(RedisReplayStoreError)?;
        ConnectionManager::new_lazy_with_config(client, config).map(Self).map_err(RedisReplayStoreError)
    }
}

impl ReplayStore for RedisReplayStore {
    fn insert(&self, proof: [u8; 16], expires_at: SystemTime) -> ReplayFuture<'_> {
        let key = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(proof));
        let lifetime = expires_at.duration_since(SystemTime::now()).unwrap_or_default() + CLOCK_DIFFERENCE;
        let mut connection = self.0.clone();
        Box::pin(async move {
            let only_new = SetOptions::default()
                .conditional_set(ExistenceCheck::NX)
                .with_expiration(SetExpiry::EX(lifetime.as_secs()));
            let mut set = cmd("SET");
            set.arg(key).arg("").arg(only_new);
            // `SET … NX` returns nil if the key exists.
            let value: Value = timeout(MAX_WAIT, set.query_async(&mut connection)).await??;
            Ok(value != Value::Nil)
        })
    }
}

/// Omits the URL, which may contain a password.
impl fmt::Debug for RedisReplayStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisReplayStore").finish_non_exhaustive()
    }
}
