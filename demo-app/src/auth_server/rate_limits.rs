//! Rate limits for wrong passwords.
//!
//! Three limits apply to each log-in: for the user at the client's network, for the network, and for the user
//! everywhere. The last one slows down guesses from many networks to one a second. It does not apply to networks from
//! which the user has logged in before, so an attacker cannot lock the user out there. At other networks an attacker with
//! many networks can: that is the price of the limit.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use quick_cache::unsync::Cache;
use tokio::{sync::Notify, time::Instant};

use crate::client_slots::network;

/// The most keys of each kind. Clients choose the keys, so their number has to be bounded.
const CAPACITY: usize = 16 * 1024;

/// Limits wrong passwords. Clones share the counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct RateLimits(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Keys are hashes, because user names can be long. The hasher is random, so clients cannot construct collisions.
    hasher: RandomState,
    state: Mutex<State>,
    /// Notified when an attempt ends.
    ended: Notify,
}

#[derive(Debug)]
struct State {
    /// For user and network, for network, for user: the order of [`Attempt::keys`].
    limits: [Limit; 3],
    /// Hashes of a user and a network from which the user has logged in.
    known_networks: Cache<u64, ()>,
}

impl Default for State {
    fn default() -> Self {
        let limits = [
            Limit::new(5, Duration::from_secs(30)),
            Limit::new(20, Duration::from_secs(3)),
            Limit::new(50, Duration::from_secs(1)),
        ];
        Self { limits, known_networks: Cache::new(CAPACITY) }
    }
}

/// A log-in in progress. When dropped, it counts as a wrong password: an abandoned request must not be a free guess.
#[derive(Debug)]
#[must_use]
pub(crate) struct Attempt {
    rate_limits: RateLimits,
    /// One key for each limit that applies. The one of the user is absent at a known network.
    keys: Vec<u64>,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    RightPassword,
    WrongPassword,
    NotVerified,
}

/// A limit is reached; contains the time until the next attempt is allowed.
#[derive(Debug, thiserror::Error)]
#[error("Too many wrong passwords. Try again in {} seconds.", self.retry_after())]
pub(crate) struct RateLimited(Duration);

impl RateLimited {
    /// Returns the `Retry-After`, in seconds.
    pub(crate) fn retry_after(&self) -> u64 {
        self.0.as_secs() + 1
    }
}

impl RateLimits {
    /// Begins an attempt. If it would exceed a limit only in case attempts in progress turn out to be wrong, it waits
    /// for them, so that concurrent log-ins with the right password are not refused.
    pub(crate) async fn begin(&self, username: &str, client: IpAddr) -> Result<Attempt, RateLimited> {
        loop {
            // Created before the check: `notify_waiters` reaches only futures that exist.
            let ended = self.0.ended.notified();
            if let Some(attempt) = self.try_begin(username, client)? {
                return Ok(attempt);
            }
            ended.await;
        }
    }

    /// Begins an attempt, or returns `None` if the result depends on attempts in progress.
    fn try_begin(&self, username: &str, client: IpAddr) -> Result<Option<Attempt>, RateLimited> {
        let (hasher, network) = (&self.0.hasher, network(client));
        let mut keys =
            vec![hasher.hash_one((username, network)), hasher.hash_one(network), hasher.hash_one(username)];
        let mut state = self.state();
        if state.known_networks.get(&keys[0]).is_some() {
            keys.pop();
        }
        let now = Instant::now();
        let longest_wait = |with_pending: bool| {
            let waits =
                state.limits.iter().zip(&keys).map(|(limit, key)| limit.wait(*key, now, with_pending));
            waits.max().unwrap_or_default()
        };
        let wait = longest_wait(false);
        if !wait.is_zero() {
            return Err(RateLimited(wait));
        }
        if !longest_wait(true).is_zero() {
            return Ok(None);
        }
        for (limit, key) in state.limits.iter_mut().zip(&keys) {
            limit.begin(*key, now);
        }
        drop(state);
        Ok(Some(Attempt { rate_limits: self.clone(), keys, outcome: Outcome::WrongPassword }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// Records that the password was right.
    pub(crate) fn succeed(mut self) {
        self.outcome = Outcome::RightPassword;
    }

    /// Records that the password was not verified.
    pub(crate) fn cancel(mut self) {
        self.outcome = Outcome::NotVerified;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let (is_wrong, now) = (self.outcome == Outcome::WrongPassword, Instant::now());
        let mut state = self.rate_limits.state();
        for (limit, key) in state.limits.iter_mut().zip(&self.keys) {
            limit.end(*key, now, is_wrong);
        }
        if self.outcome == Outcome::RightPassword {
            state.known_networks.insert(self.keys[0], ());
        }
        drop(state);
        self.rate_limits.0.ended.notify_waiters();
    }
}

/// Allows `burst` wrong passwords at once, and then one each `interval` (the generic cell rate algorithm).
#[derive(Debug)]
struct Limit {
    burst: u32,
    interval: Duration,
    counts: Cache<u64, Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    /// When all wrong passwords have expired. Each one moves it by `interval`.
    clear_at: Instant,
    /// The number of attempts in progress.
    pending: u32,
}

impl Limit {
    fn new(burst: u32, interval: Duration) -> Self {
        Self { burst, interval, counts: Cache::new(CAPACITY) }
    }

    fn count(&self, key: u64, now: Instant) -> Count {
        let count = self.counts.get(&key).copied().unwrap_or(Count { clear_at: now, pending: 0 });
        Count { clear_at: count.clear_at.max(now), ..count }
    }

    /// Returns the time until one more attempt is allowed. With `with_pending`, attempts in progress count as wrong.
    fn wait(&self, key: u64, now: Instant, with_pending: bool) -> Duration {
        let Count { clear_at, pending } = self.count(key, now);
        let additional = if with_pending { pending + 1 } else { 1 };
        (clear_at + self.interval * additional).saturating_duration_since(now + self.interval * self.burst)
    }

    fn begin(&mut self, key: u64, now: Instant) {
        let Count { clear_at, pending } = self.count(key, now);
        self.counts.insert(key, Count { clear_at, pending: pending + 1 });
    }

    fn end(&mut self, key: u64, now: Instant, is_wrong: bool) {
        let Count { clear_at, pending } = self.count(key, now);
        let clear_at = if is_wrong { clear_at + self.interval } else { clear_at };
        // The cache may have evicted the count since `begin`.
        self.counts.insert(key, Count { clear_at, pending: pending.saturating_sub(1) });
    }
}
