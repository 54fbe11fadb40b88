use std::collections::{HashSet, VecDeque};
use std::error::Error;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

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

/// Most proofs in memory, about 16 MiB: more than 3000 requests a second, as a proof expires after 60 s.
pub(super) const MAX_PROOFS: usize = 256 * 1024;
/// Proofs that expire in the same period are removed together.
const PERIOD_SECONDS: u64 = 8;

#[derive(Debug, thiserror::Error)]
#[error(
    "more than {0} proofs were used in the last minute: use a store of your own, or limit the rate of requests"
)]
struct Full(usize);

/// The proofs in memory. A full store returns an error: a proof that is removed before it expires could be used again.
pub(super) struct MemoryStore {
    proofs: Mutex<Proofs>,
    capacity: usize,
}

#[derive(Default)]
struct Proofs {
    /// The number of each period, and the proofs that expire in it.
    periods: VecDeque<(u64, HashSet<[u8; 16]>)>,
    /// The first period that was not removed. It never decreases, so that a clock that was set back revives no proof.
    first_kept: u64,
}

impl MemoryStore {
    pub(super) fn new(capacity: usize) -> Self {
        Self { proofs: Mutex::default(), capacity }
    }

    fn insert_at(&self, proof: [u8; 16], expires_at: SystemTime, now: SystemTime) -> Result<bool, Full> {
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.remove_before(period(now));
        let period = period(expires_at);
        if period < proofs.first_kept || proofs.periods.iter().any(|(_, used)| used.contains(&proof)) {
            return Ok(false);
        }
        if proofs.periods.iter().map(|(_, used)| used.len()).sum::<usize>() >= self.capacity {
            return Err(Full(self.capacity));
        }
        match proofs.periods.iter_mut().find(|(number, _)| *number == period) {
            Some((_, used)) => {
                used.insert(proof);
            }
            None => proofs.periods.push_back((period, HashSet::from([proof]))),
        }
        Ok(true)
    }
}

impl Proofs {
    fn remove_before(&mut self, period: u64) {
        if period > self.first_kept {
            self.first_kept = period;
            self.periods.retain(|(number, _)| *number >= period);
        }
    }
}

fn period(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs() / PERIOD_SECONDS
}

impl ReplayStore for MemoryStore {
    fn insert(&self, proof: [u8; 16], expires_at: SystemTime) -> ReplayFuture<'_> {
        Box::pin(async move { Ok(self.insert_at(proof, expires_at, SystemTime::now())?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    #[test]
    fn a_proof_is_new_once_until_it_expires() {
        let store = MemoryStore::new(10);
        assert_eq!(store.insert_at([1; 16], at(60), at(0)).ok(), Some(true));
        for now in [0, 30, 60] {
            assert_eq!(store.insert_at([1; 16], at(60), at(now)).ok(), Some(false), "{now}");
            assert_eq!(store.insert_at([1; 16], at(70), at(now)).ok(), Some(false), "{now}");
        }
        assert_eq!(store.insert_at([2; 16], at(60), at(0)).ok(), Some(true));
    }

    #[test]
    fn a_clock_that_is_set_back_revives_no_proof() {
        let store = MemoryStore::new(10);
        assert_eq!(store.insert_at([1; 16], at(60), at(0)).ok(), Some(true));
        assert_eq!(store.insert_at([2; 16], at(160), at(100)).ok(), Some(true));
        assert_eq!(store.insert_at([1; 16], at(60), at(0)).ok(), Some(false));
    }

    #[test]
    fn a_full_store_fails_until_proofs_expire() {
        let store = MemoryStore::new(2);
        for proof in [1, 2] {
            assert_eq!(store.insert_at([proof; 16], at(60), at(0)).ok(), Some(true));
        }
        assert!(store.insert_at([3; 16], at(60), at(0)).is_err());
        assert_eq!(store.insert_at([1; 16], at(60), at(0)).ok(), Some(false));
        assert_eq!(store.insert_at([3; 16], at(160), at(100)).ok(), Some(true));
    }
}
