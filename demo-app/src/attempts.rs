//! How often passwords may be guessed.
//!
//! Whoever is at one address guesses a user's password a few times and then twice a minute, and all users' passwords
//! together a little oftener, because people share addresses. Whoever has many addresses guesses a user's password once
//! a second, and locks nobody out for longer than that, and not at all from where the user has logged in before.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use quick_cache::unsync::Cache;
use tokio::time::Instant;

/// Of each kind so many keys are remembered. Clients choose the keys, so there is no end of them.
const CAPACITY: usize = 16 * 1024;

/// What was guessed lately; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempts(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Keys are hashes, because a name can be long. Nobody can make two alike without knowing the hasher.
    hasher: RandomState,
    ledger: Mutex<Ledger>,
}

#[derive(Debug)]
struct Ledger {
    /// Of a user at an address, of an address, and of a user.
    limits: [Limit; 3],
    /// Which users have logged in at which addresses.
    at_home: Cache<u64, ()>,
}

impl Default for Ledger {
    fn default() -> Self {
        let limits = [
            Limit::new(5, Duration::from_secs(30)),
            Limit::new(20, Duration::from_secs(3)),
            Limit::new(50, Duration::from_secs(1)),
        ];
        Self { limits, at_home: Cache::new(CAPACITY) }
    }
}

/// An attempt that was let through. It counts as a wrong password unless it is said to be something else.
#[derive(Debug)]
#[must_use]
pub(crate) struct Attempt {
    attempts: Attempts,
    /// As many of the limits as apply.
    keys: Vec<u64>,
}

/// No attempt is let through for a while.
#[derive(Debug, thiserror::Error)]
#[error("Too many passwords were wrong. Try again in {} seconds.", self.seconds())]
pub(crate) struct TooMany(Duration);

impl TooMany {
    /// In how many seconds one is.
    pub(crate) fn seconds(&self) -> u64 {
        self.0.as_secs() + 1
    }
}

impl Attempts {
    /// Lets an attempt through, or not.
    pub(crate) fn begin(&self, username: &str, client: IpAddr) -> Result<Attempt, TooMany> {
        let (hasher, network) = (&self.0.hasher, network(client));
        let mut keys =
            vec![hasher.hash_one((username, network)), hasher.hash_one(network), hasher.hash_one(username)];
        let mut ledger = self.ledger();
        if ledger.at_home.get(&keys[0]).is_some() {
            keys.pop();
        }
        let now = Instant::now();
        let waits = ledger.limits.iter().zip(&keys).map(|(limit, key)| limit.wait(*key, now));
        match waits.max() {
            Some(wait) if !wait.is_zero() => return Err(TooMany(wait)),
            _ => {}
        }
        ledger.limits.iter_mut().zip(&keys).for_each(|(limit, key)| limit.take(*key, now));
        drop(ledger);
        Ok(Attempt { attempts: self.clone(), keys })
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// The password was right.
    pub(crate) fn succeed(self) {
        self.attempts.ledger().at_home.insert(self.keys[0], ());
        self.forgive();
    }

    /// The password was not looked at.
    pub(crate) fn forgive(self) {
        let mut ledger = self.attempts.ledger();
        ledger.limits.iter_mut().zip(&self.keys).for_each(|(limit, key)| limit.give_back(*key));
    }
}

/// So many attempts at once, and one more each time that a while has passed.
#[derive(Debug)]
struct Limit {
    at_once: u32,
    each: Duration,
    /// When all attempts are free again.
    free_at: Cache<u64, Instant>,
}

impl Limit {
    fn new(at_once: u32, each: Duration) -> Self {
        Self { at_once, each, free_at: Cache::new(CAPACITY) }
    }

    fn wait(&self, key: u64, now: Instant) -> Duration {
        let free_at = self.free_at.get(&key).copied().unwrap_or(now);
        (free_at.max(now) + self.each).saturating_duration_since(now + self.each * self.at_once)
    }

    fn take(&mut self, key: u64, now: Instant) {
        let free_at = self.free_at.get(&key).copied().unwrap_or(now);
        self.free_at.insert(key, free_at.max(now) + self.each);
    }

    fn give_back(&mut self, key: u64) {
        if let Some(mut free_at) = self.free_at.get_mut(&key)
            && let Some(earlier) = free_at.checked_sub(self.each)
        {
            *free_at = earlier;
        }
    }
}

/// What one client has of its own: an IPv4 address, or 64 bits of an IPv6 one.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}
