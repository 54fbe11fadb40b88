//! The keys that an issuer publishes: fetched, kept, and fetched again before they are too old.

mod key_set;
mod location;
mod refresher;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use url::Url;

pub use self::key_set::usable_keys;
use self::location::Location;
use self::refresher::{Attempt, Known, Refresher, Working};
use super::JwtDecoderError;
use super::Verdict;
use super::key::VerificationKey;
use crate::token::DecodeError;
use crate::token::fetch;
use crate::token::issuer_metadata::IssuerMetadata;

/// How long a request waits for keys that are being fetched.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where an issuer publishes its keys, for [`JwtDecoderBuilder::keys_from`](super::JwtDecoderBuilder::keys_from).
///
/// The keys are fetched with the first token, or at once where the decoder is built inside a tokio runtime, and again
/// when the issuer's cache headers say so: after one minute at the least, after one hour at the most, after five minutes
/// where they say nothing. A token with a `kid` that is not known has them fetched again, at most once in ten seconds
/// for all tokens together. A key that is no longer published no longer works.
///
/// While the issuer cannot be asked, the last good keys go on for an hour beyond their time, and then tokens are answered
/// with 503, as they are where there are no keys yet: the program may start before its issuer does.
///
/// Keys come over HTTPS, or from this machine. No answer is read beyond 256 KiB or 5 seconds, and no redirect leads to
/// another scheme.
#[derive(Clone, Debug)]
pub struct IssuerKeys {
    url: Option<String>,
    rsa: Algorithm,
}

impl IssuerKeys {
    /// The keys at the `jwks_uri` of the issuer's metadata: OpenID Connect Discovery, or else RFC 8414. The metadata must
    /// name exactly the issuer that the decoder is for.
    #[must_use]
    pub fn discovered() -> Self {
        Self { url: None, rsa: Algorithm::RS256 }
    }

    /// The JWK set (RFC 7517 section 5) at a URL.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
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
        location.ok_or_else(|| JwtDecoderError::IssuerUrl { url: fetch::shown(url) })
    }

    pub(super) fn connect(&self, issuer: &str) -> Result<PublishedKeys, JwtDecoderError> {
        let location = self.location(issuer)?;
        let client = fetch::client(location.first()).map_err(JwtDecoderError::HttpClient)?;
        let (sender, known) = watch::channel(Known::nothing());
        let wanted = Arc::new(Notify::new());
        let refresher =
            Refresher { client, location, rsa: self.rsa, known: sender, wanted: Arc::clone(&wanted) };
        let keys = PublishedKeys { known, wanted, idle: Arc::new(Mutex::new(Some(refresher))) };
        keys.start();
        Ok(keys)
    }
}

/// The keys as they are known now, and the task that keeps them so.
#[derive(Clone)]
pub(super) struct PublishedKeys {
    known: watch::Receiver<Known>,
    wanted: Arc<Notify>,
    /// The task while there is no runtime for it: before there is one, and after the one that it was in has ended.
    idle: Arc<Mutex<Option<Refresher>>>,
}

impl PublishedKeys {
    /// Starts the task if there is a runtime and it is not running; whether it did.
    fn start(&self) -> bool {
        if tokio::runtime::Handle::try_current().is_err() {
            return false;
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(refresher) = idle else { return false };
        tokio::spawn(Working::new(refresher, &self.idle).run());
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

    /// Verifies with the keys that are known. Only where these cannot tell does it wait for new ones.
    pub(super) async fn verify(
        &self,
        verify: impl Fn(&[VerificationKey]) -> Verdict,
    ) -> Result<Arc<[VerificationKey]>, DecodeError> {
        let mut updates = self.known.clone();
        let known = updates.borrow_and_update().clone();
        let has_started = self.start();
        match known.keys().map(&verify) {
            // Nobody has looked for a while, so nobody knows.
            _ if has_started => {}
            Some(Verdict::Verified) => return Ok(Arc::clone(&known.keys)),
            Some(Verdict::Forged(reason)) => return Err(DecodeError::invalid(reason)),
            Some(Verdict::NoKey(_)) | None if known.may_be_asked_for() => {}
            Some(Verdict::NoKey(reason)) if known.last == Attempt::Succeeded => {
                return Err(DecodeError::invalid(reason));
            }
            Some(Verdict::NoKey(_)) | None => return Err(unavailable(&known)),
        }
        self.wanted.notify_waiters();
        let changed = timeout(PATIENCE, updates.changed()).await;
        let known = updates.borrow().clone();
        let is_current = matches!(changed, Ok(Ok(()))) && known.last == Attempt::Succeeded;
        match known.keys().map(verify) {
            Some(Verdict::Verified) => Ok(Arc::clone(&known.keys)),
            Some(Verdict::Forged(reason)) => Err(DecodeError::invalid(reason)),
            Some(Verdict::NoKey(reason)) if is_current => Err(DecodeError::invalid(reason)),
            Some(Verdict::NoKey(_)) | None => Err(unavailable(&known)),
        }
    }
}

fn unavailable(known: &Known) -> DecodeError {
    DecodeError::unavailable(known.retry_after(), "the issuer's keys are not known at the moment")
}

impl fmt::Debug for PublishedKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("PublishedKeys").field(&self.known.borrow().keys()).finish()
    }
}
