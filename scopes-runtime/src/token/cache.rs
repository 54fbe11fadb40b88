use std::fmt;
use std::time::{Duration, SystemTime};

#[cfg(feature = "issuer")]
use quick_cache::sync::PlaceholderGuard;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use serde_json::{Map, Value};

/// What an entry takes beside its key and its value.
const OVERHEAD: usize = 512;
/// An entry with a usual token, to size the table before there is one.
const USUAL_BYTES: usize = 4 * 1024;
/// A node of a map of claims, and how many of them it has at the least.
const NODE: (usize, usize) = (640, 6);
/// What an allocator takes for a text beside its bytes, at the most.
const ALLOCATION: usize = 24;

/// What was found out about tokens that came with requests, each for a while, all in bounded memory.
///
/// The key is the whole token. A hash says where to look, and what is there is compared byte by byte, so no token is
/// taken for another. The comparison ends at the first difference, which tells a guesser nothing: a guess is compared only
/// if its hash, of a seed drawn when the program starts, leads to the same place.
pub(super) struct TokenCache<T: Clone>(Cache<String, Entry<T>, Bytes>);

/// The right to say what was found out about a token, which others wait for.
#[cfg(feature = "issuer")]
pub(super) struct FillGuard<'a, T: Clone>(
    PlaceholderGuard<'a, String, Entry<T>, Bytes, DefaultHashBuilder, DefaultLifecycle<String, Entry<T>>>,
);

#[derive(Clone)]
pub(super) struct Entry<T> {
    pub(super) value: T,
    /// What the value takes in memory, roughly.
    pub(super) bytes: usize,
    pub(super) inserted_at: SystemTime,
    pub(super) ttl: Duration,
}

impl<T> Entry<T> {
    /// By the clock that tokens end by. Where that was set back nothing is fresh: who knows how old it is.
    fn is_fresh(&self, now: SystemTime) -> bool {
        now.duration_since(self.inserted_at).is_ok_and(|age| age < self.ttl)
    }
}

#[derive(Clone)]
struct Bytes;

impl<T> Weighter<String, Entry<T>> for Bytes {
    fn weight(&self, token: &String, entry: &Entry<T>) -> u64 {
        (OVERHEAD + token.len() + entry.bytes) as u64
    }
}

impl<T: Clone> TokenCache<T> {
    /// Of no more than about so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity((bytes / USUAL_BYTES).max(1))
            .weight_capacity(bytes as u64)
            .build()
            .expect("both capacities are given");
        Self(Cache::with_options(options, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default()))
    }

    pub(super) fn get(&self, token: &str, now: SystemTime) -> Option<T> {
        let entry = self.0.get(token)?;
        if entry.is_fresh(now) {
            return Some(entry.value);
        }
        self.0.remove_if(token, |entry| !entry.is_fresh(now));
        None
    }

    pub(super) fn insert(&self, token: &str, entry: Entry<T>) {
        self.0.insert(token.to_owned(), entry);
    }

    /// Like [`get`](Self::get); where nothing is known, one caller at a time gets the turn to find out, and the others
    /// wait for it.
    #[cfg(feature = "issuer")]
    pub(super) async fn get_or_fill(&self, token: &str) -> Result<T, FillGuard<'_, T>> {
        loop {
            if let Some(value) = self.get(token, SystemTime::now()) {
                return Ok(value);
            }
            match self.0.get_value_or_guard_async(token).await {
                Ok(entry) if entry.is_fresh(SystemTime::now()) => return Ok(entry.value),
                Ok(_) => {}
                Err(guard) => return Err(FillGuard(guard)),
            }
        }
    }
}

#[cfg(feature = "issuer")]
impl<T: Clone> FillGuard<'_, T> {
    /// Says it to whoever waits, and remembers it.
    pub(super) fn found(self, entry: Entry<T>) {
        // It fails where the entry was removed meanwhile; whoever waited has it all the same.
        let _ = self.0.insert(entry);
    }
}

/// What claims take in memory.
pub(super) fn claims_size(claims: &Map<String, Value>) -> usize {
    let (node, members) = NODE;
    let own = claims.len().div_ceil(members) * node;
    own + claims.iter().map(|(name, claim)| text_bytes(name) + claim_bytes(claim)).sum::<usize>()
}

fn text_bytes(text: &String) -> usize {
    text.capacity() + ALLOCATION
}

fn claim_bytes(claim: &Value) -> usize {
    match claim {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text_bytes(text),
        Value::Array(claims) => {
            claims.capacity() * size_of::<Value>() + claims.iter().map(claim_bytes).sum::<usize>()
        }
        Value::Object(claims) => claims_size(claims),
    }
}

impl<T: Clone> fmt::Debug for TokenCache<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenCache").field("tokens", &self.0.len()).finish_non_exhaustive()
    }
}
