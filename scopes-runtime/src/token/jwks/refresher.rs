use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use reqwest::Client;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::current_generation::CurrentGeneration;
use super::key_set::{EVENTS, KeySet};
use super::key_state::{Attempt, KeyState};
use super::location::Location;

/// How long keys are used if the issuer does not set a lifetime.
const DEFAULT_TTL: Duration = Duration::from_secs(5 * 60);
/// Shortest and longest lifetime that the issuer can set.
const MIN_TTL: Duration = Duration::from_secs(60);
const MAX_TTL: Duration = Duration::from_secs(60 * 60);
/// Shortest time between a fetch and one that tokens of unknown keys cause.
const MIN_INTERVAL: Duration = Duration::from_secs(10);
/// Time until the retry after a first failure. Each further failure doubles it, up to [`MAX_RETRY`].
const FIRST_RETRY: Duration = Duration::from_secs(1);
const MAX_RETRY: Duration = Duration::from_secs(60);
/// Failures after which the time until the retry has reached [`MAX_RETRY`].
const MAX_FAILURES: u32 = 6;
/// How long the last keys are used after they have expired, while the issuer does not respond.
const MAX_OUTAGE: Duration = Duration::from_secs(60 * 60);

/// Fetches the keys periodically and on demand, until the decoder is dropped.
pub(super) struct Refresher {
    client: Client,
    location: Location,
    rsa_algorithm: Algorithm,
    issuer: String,
    state: watch::Sender<KeyState>,
    /// What `state` contains about the current keys, while the refresher runs.
    pub(super) current: Arc<CurrentGeneration>,
    /// Each value is a token that waits for a fetch which begins after it.
    demand: watch::Receiver<()>,
}

/// A refresher in a task. When the runtime of the task ends, the refresher goes back to its idle slot, so that it can be
/// started in another runtime.
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
        if let Some(refresher) = &self.refresher {
            refresher.current.clear();
        }
        if let Some(idle_slot) = self.idle_slot.upgrade() {
            *idle_slot.lock().unwrap_or_else(PoisonError::into_inner) = self.refresher.take();
        }
    }
}

impl Refresher {
    /// Creates a refresher, with the receiver of its keys and the sender of demands.
    pub(super) fn new(
        client: Client,
        location: Location,
        rsa_algorithm: Algorithm,
        issuer: String,
    ) -> (Self, watch::Receiver<KeyState>, watch::Sender<()>) {
        let (state, keys) = watch::channel(KeyState::empty());
        let (sender, demand) = watch::channel(());
        let current = Arc::new(CurrentGeneration::none());
        (Self { client, location, rsa_algorithm, issuer, state, current, demand }, keys, sender)
    }

    async fn run(&mut self) {
        let (mut failures, mut last_set) = (0, None);
        loop {
            self.demand.mark_unchanged();
            // Not a change for the requests that wait: they wait for the result.
            self.state.send_if_modified(|state| {
                state.last_attempt = Attempt::Running;
                false
            });
            let next = self.fetch(&mut failures, &mut last_set).await;
            let earliest_refresh = self.state.borrow().earliest_refresh;
            tokio::select! {
                () = sleep_until(next) => {}
                Ok(()) = self.demand.changed() => sleep_until(earliest_refresh).await,
                () = self.state.closed() => return,
            }
        }
    }

    /// Fetches the keys, and returns the time of the next fetch. `last_set` is the result of the last successful fetch.
    async fn fetch(&self, failures: &mut u32, last_set: &mut Option<KeySet>) -> Instant {
        let began = Instant::now();
        let fetched = self.location.fetch_keys(&self.client, self.rsa_algorithm, &self.issuer).await;
        let now = Instant::now();
        match fetched {
            Ok((set, max_age)) => {
                *failures = 0;
                let is_same = last_set.as_ref().is_some_and(|last_set| last_set.is_same(&set));
                let keys = if is_same {
                    Arc::clone(&self.state.borrow().keys)
                } else {
                    set.log(&self.location);
                    set.keys.clone().into()
                };
                *last_set = Some(set);
                let next = now + max_age.unwrap_or(DEFAULT_TTL).clamp(MIN_TTL, MAX_TTL);
                self.state.send_modify(|state| {
                    *state = state.refreshed(keys, began, next + MAX_OUTAGE, now + MIN_INTERVAL);
                    self.current.set(state.generation, state.trusted_until);
                });
                next
            }
            Err(error) => {
                let reason = error.to_string();
                tracing::warn!(target: EVENTS, location = %self.location, ?reason, "an issuer's keys cannot be fetched");
                let next = now + (FIRST_RETRY * 2_u32.saturating_pow(*failures)).min(MAX_RETRY);
                *failures = (*failures + 1).min(MAX_FAILURES);
                self.state.send_modify(|state| {
                    state.last_attempt = Attempt::Failed;
                    state.earliest_refresh = next;
                });
                next
            }
        }
    }
}
