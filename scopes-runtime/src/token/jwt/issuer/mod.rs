//! The keys that an issuer publishes: fetched, kept, and fetched again before they are too old.

mod first_seen;
mod key_issuer;
mod key_set;
mod location;
mod refresher;
mod split;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::{Algorithm, AlgorithmFamily};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};
use url::Url;

use self::first_seen::FirstSeen;
pub use self::key_set::usable_keys;
use self::location::Location;
use self::refresher::{Attempt, Known, Refresher, RunningRefresher};
use super::JwtDecoderError;
use super::jws::{Header, Jws};
use super::key::VerificationKey;
use super::{Verdict, verify};
use crate::token::DecodeError;
use crate::token::fetch;
use crate::token::issuer_metadata::IssuerMetadata;

/// How long a request waits for keys that are being fetched.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many requests wait at a time; the others get 503 at once.
const MAX_WAITING: usize = 1024;

/// Where an issuer publishes its keys, for [`JwtDecoderBuilder::jwks`](super::JwtDecoderBuilder::jwks).
///
/// The keys are fetched with the first token, or at once where the decoder is built inside a tokio runtime, and again
/// when the issuer's cache headers say so: after one minute at the least, after one hour at the most, after five minutes
/// by default. A key that is no longer published no longer works.
///
/// A token that no key verifies may be of a new one. Its other claims are checked first; then it has the keys fetched
/// again, at most once in ten seconds for all tokens together:
///
/// | the last fetch | the token | answer |
/// | --- | --- | --- |
/// | is ten seconds ago | any | waits for a new fetch, at most 5 seconds: accepted, or 401 |
/// | is running | any | waits for it: accepted, or 503 until a fetch that begins after the token came |
/// | is less than ten seconds ago | has a `kid` that is not known | 503; `Retry-After` is the time until the next fetch |
/// | has begun after the token first came | comes again | 401 |
/// | is less than ten seconds ago | has a `kid` that is withdrawn or of another algorithm, or none though all keys have one | 401 |
/// | failed | any | 503 |
///
/// A 503 is followed by that fetch whether or not the client comes again, so that its next request gets 200 or 401,
/// whatever other clients send. At most 1024 requests wait at a time.
///
/// While the issuer does not answer, the last good keys are used for an hour beyond their time. After that tokens get 503,
/// as they do before the first fetch: the program may start before its issuer does.
///
/// A key that cannot be used is logged as a warning, once for each change of the set, and spoils no other. At most 64 keys
/// are used. A key with the member `issuer`, as Microsoft Entra ID has it, is used for that issuer alone; `{tenantid}` in it
/// is any tenant.
///
/// Keys come over HTTPS, or from this machine. No answer is read beyond 256 KiB or 5 seconds, and no redirect leads to
/// another scheme.
#[derive(Clone, Debug)]
pub struct Jwks {
    url: Option<String>,
    rsa: Algorithm,
}

impl Jwks {
    /// The keys at the `jwks_uri` of the issuer's metadata: OpenID Connect Discovery, or else RFC 8414. The metadata must
    /// name exactly the issuer that the decoder is for.
    #[must_use]
    pub fn discovery() -> Self {
        Self { url: None, rsa: Algorithm::RS256 }
    }

    /// The JWK set (RFC 7517 section 5) at a URL.
    #[must_use]
    pub fn uri(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), rsa: Algorithm::RS256 }
    }

    /// The one algorithm of the RSA keys that name none. It is RS256 unless this says otherwise.
    #[must_use]
    pub fn rsa_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.rsa = algorithm;
        self
    }

    fn location(&self, issuer: &str) -> Result<Location, JwtDecoderError> {
        let location = match &self.url {
            None => IssuerMetadata::of(issuer).map(Location::Discovered),
            Some(url) => Url::parse(url).ok().filter(fetch::is_safe).map(Location::Known),
        };
        let url = self.url.as_deref().unwrap_or(issuer);
        location.ok_or_else(|| JwtDecoderError::UnsafeUrl { url: fetch::shown(url) })
    }

    pub(super) fn connect(&self, issuer: &str) -> Result<PublishedKeys, JwtDecoderError> {
        let location = self.location(issuer)?;
        let client = fetch::client(location.first()).map_err(JwtDecoderError::HttpClient)?;
        let (sender, known) = watch::channel(Known::nothing());
        let (demand, demanded) = watch::channel(());
        let refresher = Refresher {
            client,
            location,
            rsa: self.rsa,
            issuer: issuer.to_owned(),
            known: sender,
            demand: demanded,
        };
        let keys = PublishedKeys {
            known,
            demand,
            idle: Arc::new(Mutex::new(Some(refresher))),
            first_seen: Arc::default(),
            places: Arc::new(Semaphore::new(MAX_WAITING)),
        };
        keys.start();
        Ok(keys)
    }
}

/// The keys as they are known now, and the task that keeps them so.
#[derive(Clone)]
pub(super) struct PublishedKeys {
    known: watch::Receiver<Known>,
    demand: watch::Sender<()>,
    /// The task while there is no runtime for it: before there is one, and after the one that it was in has ended.
    idle: Arc<Mutex<Option<Refresher>>>,
    first_seen: Arc<FirstSeen>,
    places: Arc<Semaphore>,
}

impl PublishedKeys {
    /// Starts the task if there is a runtime and it is not running; whether it did.
    fn start(&self) -> bool {
        if tokio::runtime::Handle::try_current().is_err() {
            return false;
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(refresher) = idle else { return false };
        tokio::spawn(RunningRefresher::new(refresher, &self.idle).run());
        true
    }

    fn is_idle(&self) -> bool {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether these keys are the ones that are known, and are to be trusted.
    pub(super) fn are_still(&self, keys: &Arc<[VerificationKey]>) -> bool {
        let known = self.known.borrow();
        Arc::ptr_eq(&known.keys, keys) && known.keys().is_some() && !self.is_idle()
    }

    /// Verifies with the keys that are known. Where the token may be of another one, checks its claims and waits for the
    /// next keys.
    ///
    /// # Errors
    ///
    /// `Invalid` where no key that the issuer has verifies the token, `Unavailable` where it may be of a new one.
    pub(super) async fn verify(
        &self,
        jws: &Jws<'_>,
        header: &Header,
        check_claims: impl FnOnce() -> Result<(), DecodeError>,
    ) -> Result<Arc<[VerificationKey]>, DecodeError> {
        if header.algorithm.family() == AlgorithmFamily::Hmac {
            return Err(DecodeError::invalid("the header's `alg` needs a secret, which is never published"));
        }
        let now = Instant::now();
        let mut updates = self.known.clone();
        let known = updates.borrow_and_update().clone();
        let has_started = self.start();
        match known.keys().map(|keys| verify(keys, jws, header)) {
            // The keys are as old as the runtime that has ended.
            _ if has_started => {}
            Some(Verdict::Verified) => return Ok(known.keys),
            Some(Verdict::Forged(reason)) => return Err(DecodeError::invalid(reason)),
            Some(Verdict::NoKey(_)) | None => {}
        }
        // Before anything is recorded, demanded or waited for, so that only tokens for this server are.
        check_claims()?;
        let first_seen = self.first_seen.record(jws, now);
        let is_running = has_started || known.last == Attempt::Running;
        if is_running || known.is_fetchable() {
            let Ok(_place) = self.places.try_acquire() else { return Err(unavailable(&known)) };
            if !is_running {
                self.demand.send_replace(());
            }
            // Whether there are new keys, and which, is seen below.
            let _ = timeout(PATIENCE, updates.changed()).await;
        }
        let known = updates.borrow().clone();
        match known.keys().map(|keys| verify(keys, jws, header)) {
            Some(Verdict::Verified) => Ok(known.keys),
            Some(Verdict::Forged(reason)) => Err(DecodeError::invalid(reason)),
            Some(Verdict::NoKey(reason)) if known.is_settled(header, first_seen) => {
                Err(DecodeError::invalid(reason))
            }
            Some(Verdict::NoKey(_)) | None => {
                self.demand.send_replace(());
                Err(unavailable(&known))
            }
        }
    }
}

fn unavailable(known: &Known) -> DecodeError {
    DecodeError::unavailable(known.retry_after(), "the token's key is not known, but may be published now")
}

impl fmt::Debug for PublishedKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("PublishedKeys").field(&self.known.borrow().keys()).finish()
    }
}
