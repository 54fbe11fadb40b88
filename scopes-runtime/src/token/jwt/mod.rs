//! JSON Web Tokens as access tokens: RFC 9068 on top of RFC 7519, with the advice of RFC 8725.

mod builder;
mod claim_rules;
mod claims;
#[cfg(feature = "issuer")]
mod issuer;
mod issuers;
mod jws;
mod key;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[cfg(feature = "testing")]
pub(crate) use builder::install_crypto_provider;
pub use builder::{JwtDecoderBuilder, JwtDecoderError};
pub use claim_rules::ClaimRules;
#[cfg(feature = "issuer")]
pub use issuer::{IssuerKeys, usable_keys};
pub use issuers::Issuers;
pub use jsonwebtoken::Algorithm;
pub use key::{KeyError, VerificationKey};

use serde_json::{Map, Value};

use self::jws::{Header, Jws};
use super::access_token::moment;
use super::remembered::{Entry, Remembered, claims_bytes};
use super::{AccessToken, DecodeError, Decoding, TokenDecoder};

/// Decodes access tokens that are signed JWTs, as RFC 9068 describes them.
///
/// Strict until told otherwise: the signature must come from one of the keys, by the one algorithm that the
/// key is for; `exp`, `iss` and `aud` must be there, of the right type and right, `nbf` must have passed;
/// `typ` must be `at+jwt`. A token is refused for `crit` (nothing is understood), for `cnf` (a token bound to
/// a sender is no bearer token, RFC 9449 section 7.2), for `nonce` and `at_hash` (an ID token), for a
/// repeated member name and beyond 16 KiB. Key material in the token itself (`jwk`, `jku`, `x5u`, `x5c`) is
/// never looked at.
///
/// ```
/// use scopes_runtime::{Algorithm, JwtDecoder, VerificationKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secret = [7; 32];
/// let decoder = JwtDecoder::builder()
///     .issuer("https://issuer.example")
///     .audience("https://api.example")
///     .key(VerificationKey::from_secret(Algorithm::HS256, secret)?)
///     .build()?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct JwtDecoder {
    issuer: Box<str>,
    audiences: Box<[String]>,
    keys: Keys,
    leeway: Duration,
    claims: ClaimRules,
    /// For how long a token is remembered.
    max_age: Duration,
    remembered: Arc<Remembered<Verified>>,
}

/// A token that passed every check, and when it may be used.
#[derive(Clone)]
struct Verified {
    token: AccessToken,
    not_before: Option<SystemTime>,
    /// The keys that verified it. While the issuer has no others, they would again.
    keys: Arc<[VerificationKey]>,
}

impl JwtDecoder {
    /// Starts a decoder; it needs an issuer, an audience and a key.
    pub fn builder() -> JwtDecoderBuilder {
        JwtDecoderBuilder::default()
    }

    async fn decode_whole(&self, token: &str) -> Result<AccessToken, DecodeError> {
        let jws = Jws::split(token)?;
        self.decode_jws(token, &jws, || jws.payload()).await
    }

    async fn decode_jws(
        &self,
        token: &str,
        jws: &Jws<'_>,
        claims: impl FnOnce() -> Result<Map<String, Value>, DecodeError>,
    ) -> Result<AccessToken, DecodeError> {
        let header = Header::read(jws, self.claims.accepts_untyped)?;
        let keys = self.check_signature(jws, &header).await?;
        let claims = claims()?;
        let now = SystemTime::now();
        self.check_claims(&claims, now)?;
        let scopes = self.claims.scopes.read(&claims)?;
        let client = self.claims.client_claim(&claims);
        let not_before = claims.get("nbf").map(|nbf| moment("nbf", nbf)).transpose()?;
        let bytes = claims_bytes(&claims);
        let decoded = AccessToken::of_client(claims, scopes, client)?;
        if !self.max_age.is_zero() {
            let value = Verified { token: decoded.clone(), not_before, keys };
            self.remembered.insert(token, Entry { value, bytes, since: now, max_age: self.max_age });
        }
        Ok(decoded)
    }

    /// What a remembered token has not proved once and for all.
    fn is_usable(&self, verified: &Verified, now: SystemTime) -> bool {
        let end = verified.token.expires_at();
        let is_over = end.is_none_or(|end| now.duration_since(end).is_ok_and(|late| late >= self.leeway));
        let is_early = verified
            .not_before
            .is_some_and(|start| start.duration_since(now).is_ok_and(|early| early > self.leeway));
        !is_over && !is_early && self.keys.are_still(&verified.keys)
    }

    /// The keys, one of which has made the signature.
    async fn check_signature(
        &self,
        jws: &Jws<'_>,
        header: &Header,
    ) -> Result<Arc<[VerificationKey]>, DecodeError> {
        match &self.keys {
            Keys::Configured(keys) => match verify(keys, jws, header) {
                Verdict::Verified => Ok(Arc::clone(keys)),
                Verdict::Forged(reason) | Verdict::NoKey(reason) => Err(DecodeError::invalid(reason)),
            },
            #[cfg(feature = "issuer")]
            Keys::Published(published) => {
                let check_claims = || self.check_claims(&jws.payload()?, SystemTime::now());
                published.verify(jws, header, check_claims).await
            }
        }
    }
}

/// The keys of the issuer.
#[derive(Clone, Debug)]
enum Keys {
    Configured(Arc<[VerificationKey]>),
    #[cfg(feature = "issuer")]
    Published(issuer::PublishedKeys),
}

impl Keys {
    /// Whether the issuer has just these keys, as far as is known.
    fn are_still(&self, keys: &Arc<[VerificationKey]>) -> bool {
        match self {
            Self::Configured(configured) => Arc::ptr_eq(configured, keys),
            #[cfg(feature = "issuer")]
            Self::Published(published) => published.are_still(keys),
        }
    }
}

/// What keys say of a signature.
enum Verdict {
    Verified,
    /// No key has made it, for this reason, whichever there are.
    Forged(&'static str),
    /// None of them is the one, for this reason; another one may be.
    NoKey(&'static str),
}

const FORGED: &str = "the signature is not from a key of the issuer";

fn verify(keys: &[VerificationKey], jws: &Jws<'_>, header: &Header) -> Verdict {
    let mut keys = keys.iter().filter(|key| key.algorithm() == header.algorithm).peekable();
    if keys.peek().is_none() {
        return Verdict::NoKey("no key is for the header's `alg`");
    }
    let mut keys = keys
        .filter(|key| header.kid.as_deref().is_none_or(|kid| key.kid().is_none_or(|own| own == kid)))
        .peekable();
    if keys.peek().is_none() {
        return Verdict::NoKey("no key for the header's `alg` has its `kid`");
    }
    let mut is_named = header.kid.is_some();
    let verified = keys.any(|key| {
        is_named &= key.kid().is_some();
        key.verifies(jws.message, jws.signature)
    });
    match verified {
        true => Verdict::Verified,
        // Said here, because it is jsonwebtoken that has read the signature, and an error of it does not tell.
        false if !jws.has_legible_signature() => {
            Verdict::Forged("the signature is not base64url without padding")
        }
        false if is_named => Verdict::Forged(FORGED),
        false => Verdict::NoKey(FORGED),
    }
}

impl TokenDecoder for JwtDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> Decoding<'a> {
        Box::pin(self.decode_whole(token))
    }

    fn recall(&self, token: &str) -> Option<AccessToken> {
        let now = SystemTime::now();
        let verified = self.remembered.get(token, now)?;
        self.is_usable(&verified, now).then_some(verified.token)
    }
}
