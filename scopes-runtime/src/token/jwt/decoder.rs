use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::claims::ClaimChecks;
#[cfg(not(feature = "issuer"))]
use super::key_source::KeyLookup;
use super::key_source::KeySource;
use super::verified_tokens::{VerifiedToken, VerifiedTokens};
use crate::token::cache::CacheEntry;
use crate::token::content::ClaimsSource;
use crate::token::grantable::GrantableScopes;
use crate::token::jose::{Header, Jws, LastHeader};
#[cfg(feature = "issuer")]
use crate::token::jwks::KeyLookup;
use crate::token::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};

/// Decodes access tokens that are signed JWTs (RFC 9068).
///
/// A token is accepted if
///
/// - its signature verifies with one of the keys, by the one algorithm of that key,
/// - `typ` is `at+jwt`,
/// - `exp`, `iss` and `aud` are present and correct, and `nbf` has passed,
/// - it has no `crit` (no extension is supported), no `cnf` (a sender-constrained token is not a bearer token, RFC 9449
///   section 7.2), and no `nonce` or `at_hash` (ID tokens have these),
/// - no member name is repeated, and the limits below are met.
///
/// With the feature `bound-tokens`, `allow_bound_tokens` of the builder accepts `cnf`; then the server checks the sender.
///
/// Keys in the token itself (`jwk`, `jku`, `x5u`, `x5c`) are ignored.
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
/// | payload, before the signature is verified | not parsed, except `iss` with [`MultiIssuerDecoder`](super::MultiIssuerDecoder); with `jwks` parsed once if no known key verifies the token, at most 1 ms and 1.2 MiB |
/// | scopes of a token | 1024 different ones |
/// | keys that a token is tried with | 4, see below |
/// | usable keys of an issuer's set (`jwks`) | 64 |
/// | [`leeway`](super::JwtDecoderBuilder::leeway) for `exp` and `nbf` | none by default, 60 s at most, by the system clock; `iat` is not compared with the clock |
/// | age of a cached result ([`cache_ttl`](super::JwtDecoderBuilder::cache_ttl)) | 5 min by default, never past `exp` and leeway |
/// | memory of the cache ([`cache_capacity`](super::JwtDecoderBuilder::cache_capacity)) | 16 MiB by default |
///
/// A token with a `kid` is tried with the key for its `alg` that has this `kid`, or else with those for its `alg` that have
/// none. A token without `kid` is tried with all keys for its `alg`. If these are more than four, the token is refused and no
/// key is tried, so that the order of the keys does not matter. An issuer with so many keys has to send `kid`; if it cannot,
/// configure the four keys that are in use with [`key`](super::JwtDecoderBuilder::key).
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
    checks: ClaimChecks,
    keys: KeySource,
    grantable: GrantableScopes,
    cache_ttl: Duration,
    cache: Arc<VerifiedTokens>,
    last_header: Arc<LastHeader>,
}

impl JwtDecoder {
    pub(super) fn new(
        checks: ClaimChecks,
        keys: KeySource,
        grantable: GrantableScopes,
        cache_ttl: Duration,
        cache_capacity: usize,
    ) -> Self {
        let cache = Arc::new(VerifiedTokens::new(cache_capacity));
        Self { checks, keys, grantable, cache_ttl, cache, last_header: Arc::default() }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.checks.issuer
    }

    /// Decodes a token that has been split already. The payload is parsed after the signature is verified: parsing costs most,
    /// and any client can send a forged token.
    pub(super) async fn decode_jws(&self, token: &str, jws: &Jws<'_>) -> Result<AccessToken, DecodeError> {
        let profile = &self.checks.profile;
        let last_header = self.last_header.find(jws);
        let is_last_header = last_header.is_some();
        let header = match last_header {
            Some(header) => header,
            None => Arc::new(Header::read(jws, profile.allows_generic_typ)?),
        };
        #[cfg_attr(not(feature = "issuer"), expect(clippy::infallible_destructuring_match))]
        let keys = match self.keys.verify(jws, &header)? {
            KeyLookup::Verified(keys) => keys,
            #[cfg(feature = "issuer")]
            KeyLookup::MayBeNew(next_keys) => {
                // Only a token for this server may wait for keys and cause requests. The claims are dropped: 16 KiB of text are
                // up to 1.2 MiB of claims, and many tokens may wait. So only a token of a new key is parsed twice.
                self.checks.check(&jws.payload(&mut Vec::new())?, SystemTime::now())?;
                next_keys.wait_and_verify(jws, &header).await?
            }
        };
        let mut buffer = Vec::new();
        let claims = &jws.payload(&mut buffer)?;
        let now = SystemTime::now();
        self.checks.check(claims, now)?;
        if !is_last_header {
            self.last_header.set(jws, header);
        }
        let scopes = self.grantable.restrict(profile.scope_claim.read(claims)?, self.issuer());
        let client_claim = profile.client_claim(claims);
        let jwt: Arc<[u8]> = token.as_bytes().into();
        let decoded =
            AccessToken::from_claims(ClaimsSource::Jwt(Arc::clone(&jwt)), claims, scopes, client_claim)?;
        if !self.cache_ttl.is_zero() {
            self.cache.insert(jwt, || {
                let content = Arc::clone(decoded.content());
                let bytes = content.size();
                let mut entry = CacheEntry::new(VerifiedToken { content, keys }, bytes, now, self.cache_ttl);
                // An `exp` so late that the leeway cannot be added never passes.
                if let Some(end) = decoded.expires_at().and_then(|exp| exp.checked_add(self.checks.leeway)) {
                    entry.end_at(end);
                }
                entry
            });
        }
        Ok(decoded)
    }

    /// Returns the token from the cache, if it is still valid.
    pub(super) fn lookup(&self, token: &[u8]) -> Option<AccessToken> {
        let VerifiedToken { content, keys } = self.cache.get(token, SystemTime::now())?;
        self.keys.is_current(keys).then(|| AccessToken::of_content(content))
    }
}

impl TokenDecoder for JwtDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(async move { self.decode_jws(token, &Jws::split(token)?).await })
    }

    fn cached(&self, token: &str) -> Option<AccessToken> {
        self.lookup(token.as_bytes())
    }

    /// The cache contains tokens that were decoded only: three parts of base64url and the dots between them, which are a
    /// token68.
    fn cached_bytes(&self, token: &[u8]) -> Option<Option<AccessToken>> {
        Some(self.lookup(token))
    }
}
