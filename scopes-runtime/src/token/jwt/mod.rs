//! JSON Web Tokens as access tokens: RFC 9068 on top of RFC 7519, with the advice of RFC 8725.

mod builder;
mod claims;
mod error;
#[cfg(feature = "issuer")]
mod issuer;
mod jws;
mod key;
mod multi_issuer;
mod token_profile;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use builder::JwtDecoderBuilder;
#[cfg(feature = "testing")]
pub(crate) use builder::install_crypto_provider;
pub use error::JwtDecoderError;
#[cfg(feature = "issuer")]
pub use issuer::{Jwks, usable_keys};
pub use jsonwebtoken::Algorithm;
pub use key::{KeyError, VerificationKey};
pub use multi_issuer::MultiIssuerDecoder;
pub use token_profile::TokenProfile;

use self::jws::{Header, Jws};
use super::access_token::moment;
use super::cache::{Entry, TokenCache};
use super::grantable::GrantableScopes;
use super::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};

/// Decodes access tokens that are signed JWTs, as RFC 9068 describes them.
///
/// Strict until told otherwise: the signature must come from one of the keys, by the one algorithm that the
/// key is for; `exp`, `iss` and `aud` must be there, of the right type and right, `nbf` must have passed;
/// `typ` must be `at+jwt`. A token is refused for `crit` (nothing is understood), for `cnf` (a token bound to
/// a sender is no bearer token, RFC 9449 section 7.2), for `nonce` and `at_hash` (an ID token), for a
/// repeated member name and beyond the limits below. Key material in the token itself (`jwk`, `jku`, `x5u`, `x5c`) is
/// never looked at.
///
/// # Limits
///
/// A token beyond one of these is refused with 401; the cause is in the log.
///
/// | what | limit |
/// | --- | --- |
/// | token | 16 KiB |
/// | header, its JSON text | 2 KiB; a certificate chain in `x5c` does not fit |
/// | depth of arrays and objects in header and payload | 127 |
/// | payload, before the signature is verified | not parsed, but for `iss` with [`MultiIssuerDecoder`]; with `jwks` parsed once where no known key verifies the token, at most 1 ms and 1 MiB |
/// | scopes of a token | 1024 different ones |
/// | keys that a token is tried with | 4, see below |
/// | usable keys of an issuer's set (`jwks`) | 64 |
/// | [`leeway`](JwtDecoderBuilder::leeway) for `exp` and `nbf` | none by default, 60 s at most, by the system clock; `iat` is not compared with the clock |
/// | age of a cached result ([`cache_ttl`](JwtDecoderBuilder::cache_ttl)) | 5 min by default, never past `exp` and leeway |
/// | memory of the cache ([`cache_capacity`](JwtDecoderBuilder::cache_capacity)) | 16 MiB by default |
///
/// A token with a `kid` is tried with the key for its `alg` that has this `kid`, or else with those for its `alg` that have
/// none. A token without `kid` is tried with all keys for its `alg`. Where these are more than four, the token is refused
/// and no key is tried, so that the order of the keys does not matter. An issuer with so many keys has to send `kid`; where
/// it cannot, configure the four keys that are in use with [`key`](JwtDecoderBuilder::key).
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
    profile: TokenProfile,
    grantable: GrantableScopes,
    /// For how long a token is remembered.
    cache_ttl: Duration,
    cache: Arc<TokenCache<Verified>>,
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

    async fn decode_token(&self, token: &str) -> Result<AccessToken, DecodeError> {
        self.decode_jws(token, &Jws::split(token)?).await
    }

    /// The payload is parsed after its signature is verified: parsing is what costs most, and anyone can send a token.
    async fn decode_jws(&self, token: &str, jws: &Jws<'_>) -> Result<AccessToken, DecodeError> {
        let header = Header::read(jws, self.profile.allows_generic_typ)?;
        let keys = self.check_signature(jws, &header).await?;
        let claims = jws.payload()?;
        let now = SystemTime::now();
        self.check_claims(&claims, now)?;
        let scopes = self.grantable.restrict(self.profile.scopes.read(&claims)?, &self.issuer);
        let client = self.profile.client_claim(&claims);
        let not_before = claims.get("nbf").map(|nbf| moment("nbf", nbf)).transpose()?;
        let decoded = AccessToken::of_client(claims, scopes, client)?;
        if !self.cache_ttl.is_zero() {
            let bytes = decoded.size();
            let value = Verified { token: decoded.clone(), not_before, keys };
            self.cache.insert(token, Entry { value, bytes, inserted_at: now, ttl: self.cache_ttl });
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
                // The claims are dropped: 16 KiB of text are up to 1 MiB of claims, and many tokens may wait for keys. So
                // only a token of a new key is parsed twice, and a forged one once.
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

/// Most keys that one token is tried with. Each trial verifies a signature, and whoever sends a forged token chooses that
/// it has no `kid`. An issuer that rotates its keys has the current one, the next one and the previous one; the fourth is
/// for a rotation out of turn. Issuers with more keys send `kid`.
const MAX_TRIED_KEYS: usize = 4;
const TOO_MANY_KEYS: &str = "more than 4 keys are for the header's `alg`, and no `kid` selects one: have the issuer send \
                             `kid` in its tokens and its keys, or have fewer keys at a time";

/// Parses an `alg`. `Ed25519` (RFC 9864 section 2.2) is another name of `EdDSA`, which has no other curve here.
fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "Ed25519" => Some(Algorithm::EdDSA),
        name => name.parse().ok(),
    }
}

fn verify(keys: &[VerificationKey], jws: &Jws<'_>, header: &Header) -> Verdict {
    let of_algorithm = || keys.iter().filter(|key| key.algorithm() == header.algorithm);
    if of_algorithm().next().is_none() {
        return Verdict::NoKey("no key is for the header's `alg`");
    }
    let kid = header.kid.as_deref();
    // A `kid` is unique among the keys for one algorithm, so the key that has it is the only one to try.
    let named = kid.and_then(|kid| of_algorithm().find(|key| key.kid() == Some(kid)));
    let is_candidate = |key: &&VerificationKey| match named {
        Some(named) => std::ptr::eq(named, *key),
        None => kid.is_none() || key.kid().is_none(),
    };
    let candidates = || of_algorithm().filter(is_candidate);
    match candidates().count() {
        0 => return Verdict::NoKey("no key for the header's `alg` has its `kid`"),
        // None of them, rather than the first ones: whether a token is accepted must not depend on the order of the keys.
        count if count > MAX_TRIED_KEYS => return Verdict::Forged(TOO_MANY_KEYS),
        _ => {}
    }
    if candidates().any(|key| key.verifies(jws.message, jws.signature)) {
        Verdict::Verified
    } else if !jws.has_legible_signature() {
        // Checked here, because it is jsonwebtoken that has read the signature, and its error does not tell.
        Verdict::Forged("the signature is not base64url without padding")
    } else if named.is_some() {
        Verdict::Forged(FORGED)
    } else {
        Verdict::NoKey(FORGED)
    }
}

impl TokenDecoder for JwtDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(self.decode_token(token))
    }

    fn cached(&self, token: &str) -> Option<AccessToken> {
        let now = SystemTime::now();
        let verified = self.cache.get(token, now)?;
        self.is_usable(&verified, now).then_some(verified.token)
    }
}
