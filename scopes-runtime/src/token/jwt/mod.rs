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

pub use builder::{JwtDecoderBuilder, JwtDecoderError};
pub use claim_rules::ClaimRules;
#[cfg(feature = "issuer")]
pub use issuer::IssuerKeys;
pub use issuers::Issuers;
pub use jsonwebtoken::Algorithm;
pub use key::{KeyError, VerificationKey};

use serde_json::{Map, Value};

use self::jws::{Header, Jws};
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
}

impl JwtDecoder {
    /// Starts a decoder; it needs an issuer, an audience and a key.
    pub fn builder() -> JwtDecoderBuilder {
        JwtDecoderBuilder::default()
    }

    async fn decode_whole(&self, token: &str) -> Result<AccessToken, DecodeError> {
        let jws = Jws::split(token)?;
        self.decode_jws(&jws, || jws.payload()).await
    }

    async fn decode_jws(
        &self,
        jws: &Jws<'_>,
        claims: impl FnOnce() -> Result<Map<String, Value>, DecodeError>,
    ) -> Result<AccessToken, DecodeError> {
        let header = Header::read(jws, self.claims.accepts_untyped)?;
        self.check_signature(jws, &header).await?;
        let claims = claims()?;
        self.check_claims(&claims, SystemTime::now())?;
        let scopes = self.claims.scopes.read(&claims)?;
        let client = self.claims.client_claim(&claims);
        AccessToken::of_client(claims, scopes, client)
    }

    async fn check_signature(&self, jws: &Jws<'_>, header: &Header) -> Result<(), DecodeError> {
        match &self.keys {
            Keys::Configured(keys) => match verify(keys, jws, header) {
                Verdict::Verified => Ok(()),
                Verdict::Forged => Err(DecodeError::invalid(FORGED)),
                Verdict::NoKey(reason) => Err(DecodeError::invalid(reason)),
            },
            #[cfg(feature = "issuer")]
            Keys::Published(published) => published.verify(|keys| verify(keys, jws, header)).await,
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

/// What keys say of a signature.
enum Verdict {
    Verified,
    /// The key with its `kid` has not made it.
    Forged,
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
        false if is_named => Verdict::Forged,
        false => Verdict::NoKey(FORGED),
    }
}

impl TokenDecoder for JwtDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> Decoding<'a> {
        Box::pin(self.decode_whole(token))
    }
}
