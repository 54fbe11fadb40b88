use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "issuer")]
use super::Jwks;
use super::{JwtDecoder, JwtDecoderError, Keys, MAX_TRIED_KEYS, TokenProfile, VerificationKey};
use crate::token::ScopeClaim;
use crate::token::cache::TokenCache;
use crate::token::grantable::GrantableScopes;

/// RFC 7519 section 4.1.4: "no more than a few minutes"; machines that know the time need seconds.
const MAX_LEEWAY: Duration = Duration::from_secs(60);

/// For how long a token is remembered that was verified.
const USUAL_AGE: Duration = Duration::from_secs(5 * 60);
/// What may be remembered, unless the builder says otherwise.
const USUAL_BYTES: usize = 16 * 1024 * 1024;

/// Builds a [`JwtDecoder`]. Issuer, audience and a key are needed; each other method departs from the strict
/// default.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct JwtDecoderBuilder {
    issuer: String,
    audiences: Vec<String>,
    keys: Vec<VerificationKey>,
    #[cfg(feature = "issuer")]
    published: Option<Jwks>,
    leeway: Duration,
    profile: TokenProfile,
    allows_generic_typ: bool,
    scopes: Option<ScopeClaim>,
    grantable: GrantableScopes,
    cache_ttl: Option<Duration>,
    cache_capacity: Option<usize>,
}

impl JwtDecoderBuilder {
    /// Who issues the tokens: `iss` must be exactly this, byte by byte (RFC 9068 section 4).
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// Who this server is: `aud` must be this or an array that contains it (RFC 7519 section 4.1.3). Where it goes by
    /// several names, each call adds one, and any of them will do.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Adds a key of the issuer. Several are for rotation: a token is verified with the key for its `alg` that has its
    /// `kid`. Where the token has no `kid`, it is verified with the keys for its `alg`, and where no key has its `kid`, with
    /// those for its `alg` without one: at most four, beyond which it is refused. Name the keys with
    /// [`with_kid`](VerificationKey::with_kid) where there are more.
    pub fn key(mut self, key: VerificationKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Takes the keys from where the issuer publishes them, and follows their rotation.
    ///
    /// ```
    /// use scopes_runtime::{Jwks, JwtDecoder};
    ///
    /// # fn main() -> Result<(), scopes_runtime::JwtDecoderError> {
    /// let decoder = JwtDecoder::builder()
    ///     .issuer("https://issuer.example")
    ///     .audience("https://api.example")
    ///     .jwks(Jwks::discovery())
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "issuer")]
    pub fn jwks(mut self, keys: Jwks) -> Self {
        self.published = Some(keys);
        self
    }

    /// How the issuer writes its tokens, if not as RFC 9068 says.
    pub fn profile(mut self, profile: TokenProfile) -> Self {
        self.profile = profile;
        self
    }

    /// Sets the claim with the scopes. Default: that of the [profile](Self::profile).
    pub fn scope_claim(mut self, claim: ScopeClaim) -> Self {
        self.scopes = Some(claim);
        self
    }

    /// Limits the scopes that the issuer may grant: its tokens lose all others when they are decoded. Without a limit, an
    /// issuer may grant every scope of the API. Each call adds scopes to the limit; with an empty list the issuer may grant
    /// none.
    ///
    /// Scopes are compared by name, before `#[implies]` is applied. `items:write` is dropped where only `items` is listed,
    /// so that the token does not satisfy `items` either; where only `items:write` is listed, the token satisfies `items`
    /// with it, but a token with `items` alone loses it. List each scope that the issuer may send.
    ///
    /// [`AccessToken::claims`](crate::AccessToken::claims) still returns the claim as the issuer wrote it.
    /// [`ResourceServer`](crate::ResourceServer#telemetry) describes the event and the counter of dropped scopes.
    ///
    /// ```
    /// use scopes_runtime::{MultiIssuerDecoder, JwtDecoder, JwtDecoderError, VerificationKey, declare_scopes};
    ///
    /// #[declare_scopes]
    /// enum Scope {
    ///     /// Read items.
    ///     Items = "items",
    ///     /// Administer the shop.
    ///     Admin = "admin",
    /// }
    ///
    /// fn decoder(own: JwtDecoder, partner_key: VerificationKey) -> Result<MultiIssuerDecoder, JwtDecoderError> {
    ///     let partner = JwtDecoder::builder()
    ///         .issuer("https://partner.example")
    ///         .audience("https://api.example")
    ///         .key(partner_key)
    ///         .may_grant([Scope::Items])
    ///         .build()?;
    ///     MultiIssuerDecoder::new([own, partner])
    /// }
    /// ```
    pub fn may_grant<N: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = N>) -> Self {
        self.grantable.allow(scopes);
        self
    }

    /// Lets clocks differ: a token counts this much longer and this much earlier than it says. At most 60
    /// seconds.
    ///
    /// It gives up that a token ends when it says, which a client or a revocation list may rely on.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts tokens without `typ` and with the `typ` `JWT` as well, for issuers that do not write `at+jwt`.
    ///
    /// It gives up the protection of RFC 8725 section 3.11: any other JWT that the issuer signs with the same
    /// key for the same audience passes for an access token, unless it has `nonce` or `at_hash` as ID tokens
    /// do.
    pub fn allow_generic_typ(mut self) -> Self {
        self.allows_generic_typ = true;
        self
    }

    /// For how long a token is remembered that passed every check, if not for five minutes: it is not verified again, but
    /// `exp` and `nbf` are looked at each time. Keys that an issuer publishes are forgotten with all tokens that they have
    /// verified. Zero remembers none.
    pub fn cache_ttl(mut self, ttl: Duration) -> Self {
        self.cache_ttl = Some(ttl);
        self
    }

    /// How many bytes remembered tokens may take, if not 16 MiB: a token of a usual size takes about 2 KiB. Those that come
    /// most often are kept.
    pub fn cache_capacity(mut self, bytes: usize) -> Self {
        self.cache_capacity = Some(bytes);
        self
    }

    /// The decoder.
    ///
    /// The first one of the process makes its crypto backend that of jsonwebtoken, where the application has
    /// not chosen one before.
    ///
    /// # Errors
    ///
    /// Something is missing, or contradicts itself.
    pub fn build(mut self) -> Result<JwtDecoder, JwtDecoderError> {
        if self.issuer.is_empty() {
            return Err(JwtDecoderError::MissingIssuer);
        }
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            return Err(JwtDecoderError::MissingAudience);
        }
        if self.leeway > MAX_LEEWAY {
            return Err(JwtDecoderError::LongLeeway(self.leeway));
        }
        let mut named = HashSet::new();
        for key in &self.keys {
            if let Some(kid) = key.kid()
                && !named.insert((kid, key.algorithm()))
            {
                return Err(JwtDecoderError::RepeatedKid { kid: kid.to_owned(), algorithm: key.algorithm() });
            }
        }
        for key in &self.keys {
            let algorithm = key.algorithm();
            let nameless = self.keys.iter().filter(|key| key.algorithm() == algorithm && key.kid().is_none());
            if nameless.count() > MAX_TRIED_KEYS {
                return Err(JwtDecoderError::TooManyKeysWithoutKid { algorithm });
            }
        }
        let keys = self.keys()?;
        install_crypto_provider();
        let mut profile = self.profile;
        profile.allows_generic_typ |= self.allows_generic_typ;
        if let Some(scopes) = self.scopes {
            profile.scopes = scopes;
        }
        Ok(JwtDecoder {
            issuer: self.issuer.into(),
            audiences: self.audiences.into(),
            keys,
            leeway: self.leeway,
            profile,
            grantable: self.grantable,
            cache_ttl: self.cache_ttl.unwrap_or(USUAL_AGE),
            cache: Arc::new(TokenCache::new(self.cache_capacity.unwrap_or(USUAL_BYTES))),
        })
    }

    #[cfg(not(feature = "issuer"))]
    fn keys(&mut self) -> Result<Keys, JwtDecoderError> {
        self.configured_keys()
    }

    #[cfg(feature = "issuer")]
    fn keys(&mut self) -> Result<Keys, JwtDecoderError> {
        match &self.published {
            None => self.configured_keys(),
            Some(_) if !self.keys.is_empty() => Err(JwtDecoderError::TwoKindsOfKeys),
            Some(published) => published.connect(&self.issuer).map(Keys::Published),
        }
    }

    fn configured_keys(&mut self) -> Result<Keys, JwtDecoderError> {
        match self.keys.is_empty() {
            true => Err(JwtDecoderError::MissingKey),
            false => Ok(Keys::Configured(std::mem::take(&mut self.keys).into())),
        }
    }
}

/// With both backends compiled in, jsonwebtoken would panic at the first token instead of choosing.
pub(crate) fn install_crypto_provider() {
    #[cfg(feature = "aws-lc-rs")]
    use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
    #[cfg(not(feature = "aws-lc-rs"))]
    use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;

    // An error says that there is one already: the application's, or ours.
    let _ = DEFAULT_PROVIDER.install_default();
}
