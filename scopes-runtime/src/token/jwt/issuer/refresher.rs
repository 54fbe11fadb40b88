use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use reqwest::Client;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::key_set::KeySet;
use super::location::Location;
use crate::token::jwt::jws::Header;
use crate::token::jwt::key::VerificationKey;

/// How long keys are kept where the issuer does not say.
const USUAL_AGE: Duration = Duration::from_secs(5 * 60);
/// Within these bounds the issuer may say.
const MIN_AGE: Duration = Duration::from_secs(60);
const MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// However many tokens have an unknown key, the keys are fetched no more often.
const MIN_INTERVAL: Duration = Duration::from_secs(10);
/// After the first failure; each further one doubles it, up to `MIN_AGE`.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// How long the last good keys are used beyond their time while the issuer cannot be asked.
const MAX_OUTAGE: Duration = Duration::from_secs(60 * 60);
/// How many keys are remembered that the issuer has withdrawn.
const MAX_WITHDRAWN: usize = 64;

/// What is known of an issuer's keys.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// The same as long as the issuer publishes the same.
    pub(super) keys: Arc<[VerificationKey]>,
    /// The `kid`s that the issuer has published before and does not publish now.
    withdrawn: Arc<[String]>,
    /// When the fetch began that brought the keys.
    fetched: Option<Instant>,
    /// Until when the keys are trusted.
    good_until: Instant,
    pub(super) last: Attempt,
    /// From when on a token may have the keys fetched again.
    fetchable: Instant,
}

/// The last attempt to fetch the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    None,
    Running,
    Succeeded,
    Failed,
}

impl Known {
    pub(super) fn nothing() -> Self {
        let now = Instant::now();
        Self {
            keys: Arc::default(),
            withdrawn: Arc::default(),
            fetched: None,
            good_until: now,
            last: Attempt::None,
            fetchable: now,
        }
    }

    /// The keys, unless they are too old to be trusted. None are as good as unknown.
    pub(super) fn keys(&self) -> Option<&[VerificationKey]> {
        Some(&*self.keys).filter(|keys| Instant::now() < self.good_until && !keys.is_empty())
    }

    pub(super) fn is_fetchable(&self) -> bool {
        self.fetchable <= Instant::now()
    }

    /// How long until the keys may be fetched again.
    pub(super) fn retry_after(&self) -> Duration {
        self.fetchable.saturating_duration_since(Instant::now())
    }

    /// Whether a token that none of the keys verifies is of none that the issuer has, rather than of a new one.
    pub(super) fn is_settled(&self, header: &Header, first_seen: Instant) -> bool {
        let is_newer = self.fetched.is_some_and(|fetched| first_seen <= fetched);
        self.last == Attempt::Succeeded && (is_newer || !self.may_be_new(header))
    }

    /// Whether the token may be of a key that was published after these. It is of none where its `kid` is that of another
    /// key, or is missing though all of the keys have one.
    fn may_be_new(&self, header: &Header) -> bool {
        match &header.kid {
            Some(kid) => !self.withdrawn.contains(kid) && !self.keys.iter().any(|key| key.kid() == Some(kid)),
            None => self.keys.iter().any(|key| key.kid().is_none()),
        }
    }

    /// The `kid`s that are withdrawn where these are the keys now.
    fn withdrawn_by(&self, keys: &[VerificationKey]) -> Arc<[String]> {
        let before = self.keys.iter().filter_map(VerificationKey::kid);
        let before = before.chain(self.withdrawn.iter().map(String::as_str));
        let gone = before.filter(|kid| !keys.iter().any(|key| key.kid() == Some(kid)));
        gone.take(MAX_WITHDRAWN).map(str::to_owned).collect()
    }
}

/// Fetches the keys from time to time, as long as there is a decoder for them.
pub(super) struct Refresher {
    pub(super) client: Client,
    pub(super) location: Location,
    pub(super) rsa: Algorithm,
    pub(super) issuer: String,
    pub(super) known: watch::Sender<Known>,
    /// A change is a token that waits for a fetch which begins after it.
    pub(super) demand: watch::Receiver<()>,
}

/// A refresher in a task. It goes back to where it came from when its runtime ends, so that another one may have it.
pub(super) struct RunningRefresher {
    refresher: Option<Refresher>,
    idle_slot: Weak<Mutex<Option<Refresher>>>,
}

impl RunningRefresher {
    pub(super) fn new(refresher: Refresher, idle_slot: &Arc<Mutex<Option<Refresher>>>) -> Self {
        Self { refresher: Some(refresher), idle_slot: Arc::downgrade(idle_slot) }
    }

    pub(super) async fn run(mut self) {
        if let Some(refresher) = &mut self.refresher {
            refresher.run().await;
        }
    }
}

impl Drop for RunningRefresher {
    fn drop(&mut self) {
        if let Some(idle_slot) = self.idle_slot.upgrade() {
            *idle_slot.lock().unwrap_or_else(PoisonError::into_inner) = self.refresher.take();
        }
    }
}

impl Refresher {
    async fn run(&mut self) {
        let (mut failures, mut set) = (0, None);
        loop {
            self.demand.mark_unchanged();
            // Requests that wait for the keys need not look at this.
            self.known.send_if_modified(|known| {
                known.last = Attempt::Running;
                false
            });
            let next = self.fetch(&mut failures, &mut set).await;
            let fetchable = self.known.borrow().fetchable;
            tokio::select! {
                () = sleep_until(next) => {}
                Ok(()) = self.demand.changed() => sleep_until(fetchable).await,
                () = self.known.closed() => return,
            }
        }
    }
    /// Fetches the keys, and returns when to do it again. `set` is the last one.
    async fn fetch(&self, failures: &mut u32, set: &mut Option<KeySet>) -> Instant {
        let began = Instant::now();
        let published = self.location.keys(&self.client, self.rsa, &self.issuer).await;
        let now = Instant::now();
        match published {
            Ok((published, max_age)) => {
                *failures = 0;
                let is_same = set.as_ref().is_some_and(|set| set.is_same(&published));
                let keys = if is_same {
                    Arc::clone(&self.known.borrow().keys)
                } else {
                    published.log(&self.location);
                    published.keys.clone().into()
                };
                *set = Some(published);
                let next = now + max_age.unwrap_or(USUAL_AGE).clamp(MIN_AGE, MAX_AGE);
                self.known.send_modify(|known| {
                    *known = Known {
                        withdrawn: known.withdrawn_by(&keys),
                        keys,
                        fetched: Some(began),
                        good_until: next + MAX_OUTAGE,
                        last: Attempt::Succeeded,
                        fetchable: now + MIN_INTERVAL,
                    };
                });
                next
            }
            Err(error) => {
                let reason = error.to_string();
                tracing::warn!(location = %self.location, ?reason, "an issuer's keys cannot be fetched");
                let next = now + (FIRST_RETRY * 2_u32.saturating_pow(*failures)).min(MIN_AGE);
                *failures = (*failures + 1).min(6);
                self.known.send_modify(|known| {
                    *known = Known { last: Attempt::Failed, fetchable: next, ..known.clone() };
                });
                next
            }
        }
    }
}
