use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::AlgorithmFamily;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};

use super::current_generation::CurrentGeneration;
use super::first_seen::FirstSeen;
use super::key_state::{Attempt, KeyState};
use super::refresher::{Refresher, RunningRefresher};
use crate::token::DecodeError;
use crate::token::jose::{Header, Jws, KeyGeneration, SignatureOutcome, verify};

/// Longest time that a request waits for keys.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// Most requests that wait at a time. Further ones get 503 at once.
const MAX_WAITING: usize = 1024;

/// The current keys of an issuer, and the task that refreshes them.
#[derive(Clone)]
pub(in crate::token) struct PublishedKeys {
    state: watch::Receiver<KeyState>,
    current: Arc<CurrentGeneration>,
    /// Each value requests a fetch.
    demand: watch::Sender<()>,
    /// The refresher while it runs in no task: before there is a runtime, and after its runtime has ended.
    idle_slot: Arc<Mutex<Option<Refresher>>>,
    first_seen: Arc<FirstSeen>,
    waiting_permits: Arc<Semaphore>,
}

impl PublishedKeys {
    pub(super) fn new(
        refresher: Refresher,
        state: watch::Receiver<KeyState>,
        demand: watch::Sender<()>,
    ) -> Self {
        let keys = Self {
            state,
            current: Arc::clone(&refresher.current),
            demand,
            idle_slot: Arc::new(Mutex::new(Some(refresher))),
            first_seen: Arc::default(),
            waiting_permits: Arc::new(Semaphore::new(MAX_WAITING)),
        };
        keys.start_refresher();
        keys
    }

    /// Starts the refresher if there is a runtime and it is idle. Returns whether it was started.
    fn start_refresher(&self) -> bool {
        if tokio::runtime::Handle::try_current().is_err() {
            return false;
        }
        let idle = self.idle_slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(refresher) = idle else { return false };
        tokio::spawn(RunningRefresher::new(refresher, &self.idle_slot).run());
        true
    }

    /// Returns whether these are the current keys, and have not expired.
    pub(in crate::token) fn is_current(&self, generation: KeyGeneration) -> bool {
        self.current.is(generation, Instant::now())
    }

    /// Verifies a signature with the current keys. If the key of the token may be new, returns what waits for the next keys.
    ///
    /// The order of the checks is what limits the work for forged tokens:
    ///
    /// 1. Current keys, here: a token that they verify or refute never waits.
    /// 2. Claims, by the caller: only a token for this server causes requests, takes a place in `first_seen` or waits.
    /// 3. `earliest_refresh` and the permits, in [`NextKeys::wait_and_verify`]: these bound the requests to the issuer, and the
    ///    requests that wait.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] if no key of the issuer can verify the token.
    pub(in crate::token) fn verify(&self, jws: &Jws<'_>, header: &Header) -> Result<KeyLookup, DecodeError> {
        if header.algorithm.family() == AlgorithmFamily::Hmac {
            let algorithm = header.algorithm;
            let reason =
                format!("the header's `alg`, `{algorithm:?}`, needs a secret, which is never published");
            return Err(DecodeError::invalid(reason));
        }
        let mut updates = self.state.clone();
        let state = updates.borrow_and_update().clone();
        let was_started = self.start_refresher();
        // Between the end of a runtime and the first fetch in another one, the issuer may have withdrawn the keys.
        let are_unconfirmed =
            was_started || state.last_attempt != Attempt::Failed && !self.is_current(state.generation);
        match state.trusted_keys().map(|keys| verify(keys, jws, header)) {
            _ if are_unconfirmed => {}
            Some(SignatureOutcome::Verified) => return Ok(KeyLookup::Verified(state.generation)),
            Some(SignatureOutcome::Invalid(reason)) => return Err(DecodeError::invalid(reason)),
            Some(SignatureOutcome::UnknownKey(_)) | None => {}
        }
        let published = self.clone();
        Ok(KeyLookup::MayBeNew(NextKeys { published, state, updates, are_unconfirmed, now: Instant::now() }))
    }
}

/// The keys that a token selects.
pub(in crate::token) enum KeyLookup {
    /// One of the keys of this generation, which is the current one, has made the signature.
    Verified(KeyGeneration),
    /// None has, but the issuer may have published another one since.
    MayBeNew(NextKeys),
}

/// The keys that the issuer may have published since the last fetch, for a token that the current keys do not verify.
pub(in crate::token) struct NextKeys {
    published: PublishedKeys,
    state: KeyState,
    updates: watch::Receiver<KeyState>,
    are_unconfirmed: bool,
    now: Instant,
}

impl NextKeys {
    /// Waits for a fetch if one is running or allowed, and verifies the signature with the keys after it.
    ///
    /// # Errors
    ///
    /// - [`DecodeError::Invalid`] if no key of the issuer verifies the token.
    /// - [`DecodeError::Unavailable`] if the key of the token may still be new.
    pub(in crate::token) async fn wait_and_verify(
        self,
        jws: &Jws<'_>,
        header: &Header,
    ) -> Result<KeyGeneration, DecodeError> {
        let Self { published, state, mut updates, are_unconfirmed, now } = self;
        // Nothing refreshes the keys, and there is no timer.
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(unavailable(&state));
        }
        let first_seen = published.first_seen.record(jws, now);
        let is_running = are_unconfirmed || state.last_attempt == Attempt::Running;
        if is_running || state.may_refresh() {
            let Ok(_permit) = published.waiting_permits.try_acquire() else {
                return Err(unavailable(&state));
            };
            if !is_running {
                published.demand.send_replace(());
            }
            // The result does not matter: the keys are read below, new or not.
            let _ = timeout(MAX_WAIT, updates.changed()).await;
        }
        let state = updates.borrow().clone();
        match state.trusted_keys().map(|keys| (verify(keys, jws, header), keys)) {
            Some((SignatureOutcome::Verified, _)) => Ok(state.generation),
            Some((SignatureOutcome::Invalid(reason), _)) => Err(DecodeError::invalid(reason)),
            Some((SignatureOutcome::UnknownKey(reason), keys))
                if state.excludes_new_key(header, first_seen) =>
            {
                Err(reason.error(keys, header, true))
            }
            Some((SignatureOutcome::UnknownKey(_), _)) | None => {
                published.demand.send_replace(());
                Err(unavailable(&state))
            }
        }
    }
}

fn unavailable(state: &KeyState) -> DecodeError {
    let cause = if !state.was_fetched() {
        "the issuer's keys have not been fetched yet; the events of `scopes_runtime::keys` contain the cause"
    } else if state.keys.is_empty() {
        "the issuer publishes no key that can be used"
    } else if state.trusted_keys().is_none() {
        "the issuer's keys have expired, and no fetch has succeeded since; the events of `scopes_runtime::keys` contain the cause"
    } else {
        "the token's key is unknown, but may have been published since"
    };
    DecodeError::unavailable(state.retry_after(), cause)
}

impl fmt::Debug for PublishedKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("PublishedKeys").field(&self.state.borrow().trusted_keys()).finish()
    }
}
