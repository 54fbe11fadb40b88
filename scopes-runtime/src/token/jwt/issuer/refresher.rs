use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use reqwest::Client;
use serde_json::{Map, Value};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

use super::location::Location;
use crate::token::jwt::key::VerificationKey;

/// How long keys are kept where the issuer does not say.
const USUAL_AGE: Duration = Duration::from_secs(5 * 60);
/// Within these bounds the issuer may say.
const MIN_AGE: Duration = Duration::from_secs(60);
const MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// However many tokens have an unknown `kid`, the issuer is asked no more often.
const MIN_INTERVAL: Duration = Duration::from_secs(10);
/// After the first failure; each further one doubles it, up to `MIN_AGE`.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// How long the last good keys are used beyond their time while the issuer cannot be asked.
const MAX_OUTAGE: Duration = Duration::from_secs(60 * 60);

/// What is known of an issuer's keys.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// The same as long as the issuer publishes the same.
    pub(super) keys: Arc<[VerificationKey]>,
    /// Until when the keys are trusted.
    good_until: Instant,
    pub(super) last: Attempt,
    /// When the issuer is asked next, unless a token asks for it.
    next: Instant,
    /// From when on a token may ask for it.
    askable: Instant,
}

/// How the last attempt to fetch the keys ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    None,
    Succeeded,
    Failed,
}

impl Known {
    pub(super) fn nothing() -> Self {
        let now = Instant::now();
        Self { keys: Arc::default(), good_until: now, last: Attempt::None, next: now, askable: now }
    }

    /// The keys, unless they are too old to be trusted. None are as good as unknown.
    pub(super) fn keys(&self) -> Option<&[VerificationKey]> {
        Some(&*self.keys).filter(|keys| Instant::now() < self.good_until && !keys.is_empty())
    }

    pub(super) fn may_be_asked_for(&self) -> bool {
        self.askable <= Instant::now()
    }

    pub(super) fn retry_after(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }
}

/// Asks the issuer from time to time, for as long as anybody decodes its tokens.
pub(super) struct Refresher {
    pub(super) client: Client,
    pub(super) location: Location,
    pub(super) rsa: Algorithm,
    pub(super) known: watch::Sender<Known>,
    pub(super) wanted: Arc<Notify>,
}

/// A refresher in a task. It goes back to where it came from when its runtime ends, so that another one may have it.
pub(super) struct Working {
    refresher: Option<Refresher>,
    home: Weak<Mutex<Option<Refresher>>>,
}

impl Working {
    pub(super) fn new(refresher: Refresher, home: &Arc<Mutex<Option<Refresher>>>) -> Self {
        Self { refresher: Some(refresher), home: Arc::downgrade(home) }
    }

    pub(super) async fn run(self) {
        if let Some(refresher) = &self.refresher {
            refresher.run().await;
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some(home) = self.home.upgrade() {
            *home.lock().unwrap_or_else(PoisonError::into_inner) = self.refresher.take();
        }
    }
}

impl Refresher {
    async fn run(&self) {
        let (mut failures, mut set) = (0, Map::new());
        loop {
            let next = self.fetch(&mut failures, &mut set).await;
            tokio::select! {
                () = sleep_until(next) => {}
                () = self.is_asked_for() => {}
                () = self.known.closed() => return,
            }
        }
    }

    /// Whoever asks during a fetch is not heard here, and waits for that one's result; nor is who asks too soon after it,
    /// having seen what was known before.
    async fn is_asked_for(&self) {
        loop {
            self.wanted.notified().await;
            if self.known.borrow().may_be_asked_for() {
                return;
            }
        }
    }

    /// Fetches the keys, and says when to do it again.
    async fn fetch(&self, failures: &mut u32, set: &mut Map<String, Value>) -> Instant {
        let published = self.location.keys(&self.client, self.rsa).await;
        let now = Instant::now();
        match published {
            Ok(published) => {
                *failures = 0;
                if published.keys.is_empty() {
                    tracing::warn!(location = %self.location, "an issuer publishes no key that can be used");
                }
                let keys = match published.set == *set {
                    true => Arc::clone(&self.known.borrow().keys),
                    false => published.keys.into(),
                };
                *set = published.set;
                let next = now + published.max_age.unwrap_or(USUAL_AGE).clamp(MIN_AGE, MAX_AGE);
                self.known.send_replace(Known {
                    keys,
                    good_until: next + MAX_OUTAGE,
                    last: Attempt::Succeeded,
                    next,
                    askable: now + MIN_INTERVAL,
                });
                next
            }
            Err(error) => {
                let reason = error.to_string();
                tracing::warn!(location = %self.location, ?reason, "an issuer's keys cannot be fetched");
                let next = now + (FIRST_RETRY * 2_u32.saturating_pow(*failures)).min(MIN_AGE);
                *failures = (*failures + 1).min(6);
                self.known.send_modify(|known| {
                    *known = Known { last: Attempt::Failed, next, askable: next, ..known.clone() };
                });
                next
            }
        }
    }
}
