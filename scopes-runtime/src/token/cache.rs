use std::fmt;
use std::hash::Hash;
use std::time::{Duration, SystemTime};

#[cfg(feature = "issuer")]
use quick_cache::sync::PlaceholderGuard;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter};

/// Capacity of a cache, unless a builder sets another.
pub(super) const DEFAULT_CAPACITY: usize = 16 * 1024 * 1024;

/// Bytes of an entry in addition to its key and its value.
const ENTRY_OVERHEAD: usize = 512;
/// Bytes of a large entry. The table has room for as many from the beginning, and grows with smaller ones.
const LARGE_ENTRY: usize = 4 * 1024;

/// Results for tokens, each until its time to live has passed, in bounded memory.
///
/// The key is the whole token: it is compared byte by byte, so that tokens with the same hash are not confused. The comparison
/// ends at the first difference. This leaks nothing to a client that guesses tokens: the table compares a guess only with
/// entries that have the same part of the hash, and the seed of the hash is random. The hash of an opaque token changes with
/// each of its bytes, and that of a JWT with its signature.
///
/// `K` is an owned token.
pub(super) struct TokenCache<K, T: Clone>(Cache<K, CacheEntry<T>, EntryWeighter>);

/// The key of a cache whose callers wait for the result of another one.
#[cfg(feature = "issuer")]
pub(super) type TokenBytes = Vec<u8>;

/// The exclusive right to insert the result for a token. Other callers wait for it.
#[cfg(feature = "issuer")]
pub(super) struct FillGuard<'a, T: Clone>(
    PlaceholderGuard<
        'a,
        TokenBytes,
        CacheEntry<T>,
        EntryWeighter,
        DefaultHashBuilder,
        DefaultLifecycle<TokenBytes, CacheEntry<T>>,
    >,
);

#[derive(Clone)]
pub(super) struct CacheEntry<T> {
    value: T,
    /// About how many bytes the value takes in memory.
    bytes: usize,
    inserted_at: SystemTime,
    /// The end of the time to live. `None` if it is beyond what the clock can represent.
    fresh_until: Option<SystemTime>,
}

impl<T> CacheEntry<T> {
    /// Creates an entry of about this many bytes.
    pub(super) fn new(value: T, bytes: usize, inserted_at: SystemTime, ttl: Duration) -> Self {
        Self { value, bytes, inserted_at, fresh_until: inserted_at.checked_add(ttl) }
    }

    /// Ends the time to live at `end`, if that is earlier.
    pub(super) fn end_at(&mut self, end: SystemTime) {
        self.fresh_until = Some(self.fresh_until.map_or(end, |until| until.min(end)));
    }

    /// Returns whether the time to live has not passed, by the clock that `exp` is compared with. If that clock was set back
    /// before the insertion, the age is unknown and the entry is not fresh.
    fn is_fresh(&self, now: SystemTime) -> bool {
        self.inserted_at <= now && self.fresh_until.is_none_or(|end| now < end)
    }
}

#[derive(Clone)]
struct EntryWeighter;

impl<K: AsRef<[u8]>, T> Weighter<K, CacheEntry<T>> for EntryWeighter {
    fn weight(&self, token: &K, entry: &CacheEntry<T>) -> u64 {
        (ENTRY_OVERHEAD + token.as_ref().len() + entry.bytes) as u64
    }
}

impl<K: AsRef<[u8]> + Clone + Eq + Hash, T: Clone> TokenCache<K, T> {
    /// Creates a cache of about this many bytes at most.
    pub(super) fn new(capacity: usize) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity((capacity / LARGE_ENTRY).max(1))
            .weight_capacity(capacity as u64)
            .build()
            .expect("both capacities are given");
        Self(Cache::with_options(
            options,
            EntryWeighter,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        ))
    }

    /// Returns the result for a token, if it is fresh. Removes it otherwise.
    pub(super) fn get<Q>(&self, token: &Q, now: SystemTime) -> Option<T>
    where
        Q: Equivalent<K> + Hash + ?Sized,
    {
        let entry = self.0.get(token)?;
        if entry.is_fresh(now) {
            return Some(entry.value);
        }
        self.0.remove_if(token, |entry| !entry.is_fresh(now));
        None
    }

    /// Inserts the result for a token. Returns whether that of another token was removed for it.
    pub(super) fn insert(&self, token: K, entry: CacheEntry<T>) -> bool {
        // The entry that the new one replaces is among these, and so is a new one that is too large.
        let mut removed: [Option<(K, CacheEntry<T>)>; 2] = Default::default();
        self.0.insert_with_lifecycle(token.clone(), entry, &mut removed);
        removed.iter().flatten().any(|(other, _)| *other != token)
    }
}

#[cfg(feature = "issuer")]
impl<T: Clone> TokenCache<TokenBytes, T> {
    /// Like [`get`](Self::get). If there is no fresh result, one caller gets the guard and the others wait for its result.
    pub(super) async fn get_or_fill(&self, token: &str) -> Result<T, FillGuard<'_, T>> {
        loop {
            if let Some(value) = self.get(token.as_bytes(), SystemTime::now()) {
                return Ok(value);
            }
            match self.0.get_value_or_guard_async(token.as_bytes()).await {
                Ok(entry) if entry.is_fresh(SystemTime::now()) => return Ok(entry.value),
                Ok(_) => {}
                Err(guard) => return Err(FillGuard(guard)),
            }
        }
    }
}

#[cfg(feature = "issuer")]
impl<T: Clone> FillGuard<'_, T> {
    /// Inserts the result and returns it to the callers that wait. Dropping the guard instead passes it to one of them.
    pub(super) fn fill(self, entry: CacheEntry<T>) {
        // An error means that the placeholder was removed in the meantime. The callers that wait get the entry all the same.
        let _ = self.0.insert(entry);
    }
}

impl<K: AsRef<[u8]> + Clone + Eq + Hash, T: Clone> fmt::Debug for TokenCache<K, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenCache").field("tokens", &self.0.len()).finish_non_exhaustive()
    }
}
