use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Most proofs in memory, about 24 MiB: more than 3000 requests a second, as a proof expires after 60 s.
const MAX_PROOFS: usize = 256 * 1024;
/// Most proofs of one key in memory. A sixteenth of all, so that one client does not cause 503 for the others.
pub(super) const MAX_PROOFS_PER_KEY: usize = MAX_PROOFS / 16;
/// Proofs that expire in the same period are removed together.
const PERIOD_SECONDS: u64 = 8;
/// Most ranges of removed periods. A server without jumps of its clock needs one, or a few where it had no requests.
const MAX_RANGES: usize = 64;

#[derive(Debug, thiserror::Error)]
pub(super) enum Full {
    #[error(
        "more than {0} proofs were used in the last minute: set a larger store with `Dpop::replay_store`, or limit the rate of \
         requests"
    )]
    Store(usize),
    #[error(
        "more than {0} proofs of one key were used in the last minute: raise the limit with `Dpop::max_proofs_per_key` if this \
         client may send so many requests"
    )]
    Key(usize),
}

/// A proof that was verified.
#[derive(Clone, Copy)]
pub(super) struct UsedProof {
    /// The hash of the proof and of its key.
    pub(super) id: [u8; 16],
    /// The start of the key's thumbprint.
    pub(super) key: [u8; 16],
    pub(super) expires_at: SystemTime,
}

/// The time of the wall clock, which may be set, and of the steady clock, which may not.
#[derive(Clone, Copy)]
pub(super) struct Now {
    pub(super) system: SystemTime,
    pub(super) steady: Instant,
}

/// The proofs in memory. A full store returns an error: a proof that is removed before it expires could be used again.
pub(super) struct MemoryStore {
    proofs: Mutex<Proofs>,
    capacity: usize,
}

/// Proofs are removed by the steady clock, so a jump of the wall clock removes none too early. A proof of a removed period is
/// refused, also if the wall clock returns to the period. Periods without proofs are not in `removed`, so a jump forward and
/// back refuses no new proofs.
#[derive(Default)]
struct Proofs {
    periods: Vec<Period>,
    removed: Ranges,
}

struct Period {
    number: u64,
    remove_at: Instant,
    used: HashSet<[u8; 16]>,
    by_key: HashMap<[u8; 16], usize>,
}

/// Ranges of numbers, both ends included, in order.
#[derive(Default)]
struct Ranges(Vec<(u64, u64)>);

impl Now {
    pub(super) fn new() -> Self {
        Self { system: SystemTime::now(), steady: Instant::now() }
    }
}

impl MemoryStore {
    pub(super) fn new() -> Self {
        Self { proofs: Mutex::default(), capacity: MAX_PROOFS }
    }

    /// Inserts a proof, if there are fewer than `per_key` with its key. Returns whether it is new.
    pub(super) fn insert(&self, proof: UsedProof, per_key: usize, now: Now) -> Result<bool, Full> {
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.remove_expired(now.steady);
        let number = period(proof.expires_at);
        if proofs.removed.contains(number)
            || proofs.periods.iter().any(|period| period.used.contains(&proof.id))
        {
            return Ok(false);
        }
        if proofs.periods.iter().map(|period| period.used.len()).sum::<usize>() >= self.capacity {
            return Err(Full::Store(self.capacity));
        }
        if proofs.periods.iter().filter_map(|period| period.by_key.get(&proof.key)).sum::<usize>() >= per_key
        {
            return Err(Full::Key(per_key));
        }
        let remove_at = now.steady + end(number).duration_since(now.system).unwrap_or_default();
        let period = proofs.period(number, remove_at);
        period.used.insert(proof.id);
        *period.by_key.entry(proof.key).or_default() += 1;
        Ok(true)
    }
}

impl Proofs {
    fn remove_expired(&mut self, now: Instant) {
        for expired in self.periods.extract_if(.., |period| period.remove_at <= now) {
            self.removed.insert(expired.number);
        }
    }

    fn period(&mut self, number: u64, remove_at: Instant) -> &mut Period {
        let at = self.periods.iter().position(|period| period.number == number).unwrap_or_else(|| {
            let period = Period { number, remove_at, used: HashSet::new(), by_key: HashMap::new() };
            self.periods.push(period);
            self.periods.len() - 1
        });
        let period = &mut self.periods[at];
        period.remove_at = period.remove_at.max(remove_at);
        period
    }
}

impl Ranges {
    fn contains(&self, number: u64) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }

    /// Inserts a number. Where there are too many ranges, the two that are nearest to each other become one.
    fn insert(&mut self, number: u64) {
        self.0.push((number, number));
        self.0.sort_unstable();
        self.0.dedup_by(|next, range| {
            let is_adjacent = next.0 <= range.1 + 1;
            if is_adjacent {
                range.1 = range.1.max(next.1);
            }
            is_adjacent
        });
        if self.0.len() > MAX_RANGES
            && let Some(at) = (1..self.0.len()).min_by_key(|&at| self.0[at].0 - self.0[at - 1].1)
        {
            self.0[at - 1].1 = self.0.remove(at).1;
        }
    }
}

fn period(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs() / PERIOD_SECONDS
}

/// Returns the end of a period.
fn end(number: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs((number + 1) * PERIOD_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60;

    /// A store, and the time when it was made.
    struct Store(MemoryStore, Instant);

    impl Store {
        fn new(capacity: usize) -> Self {
            Self(MemoryStore { capacity, ..MemoryStore::new() }, Instant::now())
        }

        /// Inserts a proof that expires at this second, where the wall clock and the steady clock have run for these seconds.
        fn insert(&self, id: u8, expires_at: u64, system: u64, steady: u64) -> Option<bool> {
            self.insert_of(1, id, expires_at, system, steady)
        }

        fn insert_of(&self, key: u8, id: u8, expires_at: u64, system: u64, steady: u64) -> Option<bool> {
            let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);
            let proof = UsedProof { id: [id; 16], key: [key; 16], expires_at: at(expires_at) };
            let now = Now { system: at(system), steady: self.1 + Duration::from_secs(steady) };
            self.0.insert(proof, 3, now).ok()
        }
    }

    #[test]
    fn a_proof_is_new_once_until_it_expires() {
        let store = Store::new(10);
        assert_eq!(store.insert(1, 60, 0, 0), Some(true));
        for now in [0, 30, 60] {
            assert_eq!(store.insert(1, 60, now, now), Some(false), "{now}");
            assert_eq!(store.insert(1, 70, now, now), Some(false), "{now}");
        }
        assert_eq!(store.insert(2, 60, 0, 60), Some(true));
    }

    #[test]
    fn a_clock_that_is_set_back_revives_no_proof() {
        let store = Store::new(10);
        assert_eq!(store.insert(1, 60, 0, 0), Some(true));
        assert_eq!(store.insert(2, 160, 100, 100), Some(true));
        assert_eq!(store.insert(1, 60, 0, 101), Some(false));
    }

    #[test]
    fn a_clock_that_jumps_and_returns_refuses_used_proofs_only() {
        let store = Store::new(10);
        assert_eq!(store.insert(1, 60, 0, 0), Some(true));
        assert_eq!(store.insert(2, DAY + 60, DAY, 10), Some(true));
        for (id, expires_at) in [(1, 60), (2, DAY + 60)] {
            assert_eq!(store.insert(id, expires_at, 20, 20), Some(false), "{id}");
        }
        assert_eq!(store.insert(3, 80, 20, 20), Some(true));
        assert_eq!(store.insert(4, 260, 200, 200), Some(true));
        // A day later, the clock comes to the proof of the jump again.
        assert_eq!(store.insert(2, DAY + 60, DAY, DAY), Some(false));
        assert_eq!(store.insert(5, DAY + 80, DAY + 20, DAY + 20), Some(true));
    }

    #[test]
    fn a_full_store_fails_until_proofs_expire() {
        let store = Store::new(2);
        for proof in [1, 2] {
            assert_eq!(store.insert(proof, 60, 0, 0), Some(true));
        }
        assert_eq!(store.insert_of(2, 3, 60, 0, 0), None);
        assert_eq!(store.insert(1, 60, 0, 0), Some(false));
        assert_eq!(store.insert(3, 160, 100, 100), Some(true));
    }

    #[test]
    fn a_key_with_too_many_proofs_fails_until_they_expire() {
        let store = Store::new(10);
        for proof in [1, 2, 3] {
            assert_eq!(store.insert(proof, 60 + u64::from(proof) * 3, 0, 0), Some(true));
        }
        assert_eq!(store.insert(4, 60, 0, 0), None);
        assert_eq!(store.insert(1, 63, 0, 0), Some(false));
        assert_eq!(store.insert_of(2, 4, 60, 0, 0), Some(true));
        assert_eq!(store.insert(5, 160, 100, 100), Some(true));
    }

    #[test]
    fn ranges_are_few_and_leave_the_widest_gap_open() {
        let mut ranges = Ranges::default();
        for number in (0..1000).map(|number| number * 3).chain([1_000_000]) {
            ranges.insert(number);
            assert!(ranges.contains(number) && ranges.0.len() <= MAX_RANGES, "{number}");
        }
        assert!((0..1000).all(|number| ranges.contains(number * 3)));
        assert!(!ranges.contains(2998) && !ranges.contains(999_999) && !ranges.contains(1_000_001));
        ranges.insert(2998);
        assert!(ranges.contains(2998));
    }

    #[test]
    fn adjacent_numbers_are_one_range() {
        let mut ranges = Ranges::default();
        for number in [5, 7, 6] {
            ranges.insert(number);
        }
        assert_eq!(ranges.0, [(5, 7)]);
    }

    #[test]
    fn of_too_many_ranges_the_two_nearest_become_one() {
        let mut ranges = Ranges::default();
        let (far, near) = (1000, 30_002);
        for number in (0..62).map(|number| number * far).chain([near]) {
            ranges.insert(number);
        }
        ranges.insert(100 * far);
        assert_eq!(ranges.0.len(), MAX_RANGES);
        assert!(!ranges.contains(near - 1));
        ranges.insert(200 * far);
        assert_eq!(ranges.0.len(), MAX_RANGES);
        assert!(ranges.contains(near - 1) && !ranges.contains(near + 1) && !ranges.contains(1));
    }
}
