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
use tokio::{sync::Notify, time::Instant};

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
    /// Tells that an attempt has ended.
    ended: Notify,
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
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Right,
    Wrong,
    Unknown,
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
    /// Lets an attempt through, or not. While others are being looked at that would be too many if they were wrong, it
    /// waits for them.
    pub(crate) async fn begin(&self, username: &str, client: IpAddr) -> Result<Attempt, TooMany> {
        loop {
            let ended = self.0.ended.notified();
            if let Some(attempt) = self.try_begin(username, client)? {
                return Ok(attempt);
            }
            ended.await;
        }
    }

    fn try_begin(&self, username: &str, client: IpAddr) -> Result<Option<Attempt>, TooMany> {
        let (hasher, network) = (&self.0.hasher, network(client));
        let mut keys =
            vec![hasher.hash_one((username, network)), hasher.hash_one(network), hasher.hash_one(username)];
        let mut ledger = self.ledger();
        if ledger.at_home.get(&keys[0]).is_some() {
            keys.pop();
        }
        let now = Instant::now();
        let of_wrong = |(limit, key): (&Limit, &u64)| limit.wait(*key, now, false);
        match ledger.limits.iter().zip(&keys).map(of_wrong).max() {
            Some(wait) if !wait.is_zero() => return Err(TooMany(wait)),
            _ => {}
        }
        if !ledger.limits.iter().zip(&keys).all(|(limit, key)| limit.wait(*key, now, true).is_zero()) {
            return Ok(None);
        }
        ledger.limits.iter_mut().zip(&keys).for_each(|(limit, key)| limit.begin(*key, now));
        drop(ledger);
        Ok(Some(Attempt { attempts: self.clone(), keys, end: End::Wrong }))
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// The password was right.
    pub(crate) fn succeed(mut self) {
        self.end = End::Right;
    }

    /// The password was not looked at.
    pub(crate) fn forgive(mut self) {
        self.end = End::Unknown;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let (is_wrong, now) = (self.end == End::Wrong, Instant::now());
        let mut ledger = self.attempts.ledger();
        ledger.limits.iter_mut().zip(&self.keys).for_each(|(limit, key)| limit.end(*key, now, is_wrong));
        if self.end == End::Right {
            ledger.at_home.insert(self.keys[0], ());
        }
        drop(ledger);
        self.attempts.0.ended.notify_waiters();
    }
}

/// So many wrong passwords at once, and one more each time that a while has passed.
#[derive(Debug)]
struct Limit {
    at_once: u32,
    each: Duration,
    counts: Cache<u64, Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    /// When the wrong passwords are forgotten.
    free_at: Instant,
    /// How many are being looked at.
    pending: u32,
}

impl Limit {
    fn new(at_once: u32, each: Duration) -> Self {
        Self { at_once, each, counts: Cache::new(CAPACITY) }
    }

    fn count(&self, key: u64, now: Instant) -> Count {
        let count = self.counts.get(&key).copied().unwrap_or(Count { free_at: now, pending: 0 });
        Count { free_at: count.free_at.max(now), ..count }
    }

    /// When there is room for one more. Those that are pending count as wrong, or not at all.
    fn wait(&self, key: u64, now: Instant, with_pending: bool) -> Duration {
        let Count { free_at, pending } = self.count(key, now);
        let more = if with_pending { pending + 1 } else { 1 };
        (free_at + self.each * more).saturating_duration_since(now + self.each * self.at_once)
    }

    fn begin(&mut self, key: u64, now: Instant) {
        let Count { free_at, pending } = self.count(key, now);
        self.counts.insert(key, Count { free_at, pending: pending + 1 });
    }

    fn end(&mut self, key: u64, now: Instant, is_wrong: bool) {
        let Count { free_at, pending } = self.count(key, now);
        let free_at = if is_wrong { free_at + self.each } else { free_at };
        // It may have been forgotten in between.
        self.counts.insert(key, Count { free_at, pending: pending.saturating_sub(1) });
    }
}

/// What one client has of its own: an IPv4 address, or 64 bits of an IPv6 one.
pub(crate) fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}
