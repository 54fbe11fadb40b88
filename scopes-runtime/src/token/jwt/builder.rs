use std::collections::HashSet;
use std::time::Duration;

use super::claims::ClaimChecks;
use super::decoder::JwtDecoder;
use super::error::JwtDecoderError;
use super::key_source::KeySource;
use super::token_profile::TokenProfile;
use crate::token::ScopeClaim;
use crate::token::cache::DEFAULT_CAPACITY;
use crate::token::configured_url::ConfiguredUrl;
use crate::token::grantable::GrantableScopes;
use crate::token::jose::{MAX_TRIED_KEYS, VerificationKey};
#[cfg(feature = "issuer")]
use crate::token::jwks::Jwks;

/// RFC 7519 section 4.1.4 allows "no more than a few minutes". Synchronized clocks differ by less than seconds.
const MAX_LEEWAY: Duration = Duration::from_secs(60);
const DEFAULT_CACHE_TTL: Duration = Duration::from_secs(5 * 60);

/// Builds a [`JwtDecoder`]. [`JwtDecoder::builder`] starts one.
///
/// Issuer, audience and a key are required. The other methods relax or limit the strict defaults.
///
/// ```
/// use std::time::Duration;
///
/// use scopes_runtime::{JwtDecoder, JwtDecoderError, ScopeClaim, VerificationKey};
///
/// fn decoder(key: VerificationKey) -> Result<JwtDecoder, JwtDecoderError> {
///     JwtDecoder::builder()
///         .issuer("https://issuer.example")
///         .audience("https://api.example")
///         .key(key)
///         .scope_claim(ScopeClaim::string("scope").or_else(ScopeClaim::array("roles")))
///         .leeway(Duration::from_secs(5))
///         .cache_ttl(Duration::from_secs(60))
///         .cache_capacity(64 * 1024 * 1024)
///         .build()
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct JwtDecoderBuilder {
    issuer: ConfiguredUrl,
    audiences: Vec<String>,
    keys: Vec<VerificationKey>,
    #[cfg(feature = "issuer")]
    jwks: Option<Jwks>,
    leeway: Duration,
    profile: TokenProfile,
    allows_generic_typ: bool,
    allows_bound_tokens: bool,
    scope_claim: Option<ScopeClaim>,
    grantable: GrantableScopes,
    cache_ttl: Option<Duration>,
    cache_capacity: Option<usize>,
}

impl JwtDecoder {
    /// Returns a builder. Issuer, audience and a key are required.
    pub fn builder() -> JwtDecoderBuilder {
        JwtDecoderBuilder::default()
    }
}

impl JwtDecoderBuilder {
    /// Sets the issuer. `iss` must be exactly this string (RFC 9068 section 4). A second call replaces the issuer;
    /// [`MultiIssuerDecoder`](crate::MultiIssuerDecoder) accepts several.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = ConfiguredUrl(issuer.into());
        self
    }

    /// Adds an audience of this server. `aud` must be one of the audiences, or an array that contains one (RFC 7519 section
    /// 4.1.3). A second call adds another one.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Adds a key of the issuer.
    ///
    /// Several keys allow rotation. Name them with [`with_kid`](VerificationKey::with_kid):
    /// [`JwtDecoder`](JwtDecoder#limits) describes which keys a token is tried with.
    pub fn key(mut self, key: VerificationKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the source of the issuer's published keys.
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
    pub fn jwks(mut self, jwks: Jwks) -> Self {
        self.jwks = Some(jwks);
        self
    }

    /// Sets how the issuer writes its tokens. Default: [`TokenProfile::rfc9068`].
    pub fn profile(mut self, profile: TokenProfile) -> Self {
        self.profile = profile;
        self
    }

    /// Sets the claim that contains the scopes. Default: that of the [profile](Self::profile).
    pub fn scope_claim(mut self, claim: ScopeClaim) -> Self {
        self.scope_claim = Some(claim);
        self
    }

    /// Limits the scopes that the issuer may grant: other scopes of its tokens are dropped. Default: all scopes.
    ///
    /// Each call adds scopes to the limit. With an empty list the issuer may grant none.
    ///
    /// Scopes are compared by name, before `#[implies]` is applied. `items:write` is dropped if only `items` is listed, so that
    /// the token does not satisfy `items` either. If only `items:write` is listed, a token with it satisfies `items`, but
    /// `items` itself is dropped. List each scope that the issuer may send.
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

    /// Sets the tolerated difference of clocks, for `exp` and `nbf`. Default: none; at most 60 s.
    ///
    /// Then an expired token is accepted for this long.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts tokens without `typ` and tokens with the `typ` `JWT`. Default: only `at+jwt`.
    ///
    /// Then the protection of RFC 8725 section 3.11 is lost. Any other JWT that the issuer signs with the same key for the
    /// same audience is accepted as an access token. Only those with `nonce` or `at_hash`, as ID tokens have, are refused.
    pub fn allow_generic_typ(mut self) -> Self {
        self.allows_generic_typ = true;
        self
    }

    /// Accepts tokens that are bound to their sender by the claim `cnf` (RFC 9449 section 6, RFC 8705 section 3). Default: they
    /// are refused.
    ///
    /// A [`ResourceServer`](crate::ResourceServer) accepts such a token only with a proof of its sender, so it still refuses
    /// them unless its builder has [`dpop`](crate::ResourceServerBuilder::dpop) or
    /// [`mutual_tls`](crate::ResourceServerBuilder::mutual_tls). A program that calls the decoder itself must check the sender.
    #[cfg(feature = "bound-tokens")]
    pub fn allow_bound_tokens(mut self) -> Self {
        self.allows_bound_tokens = true;
        self
    }

    /// Sets how long a verified token is cached. Default: 5 min. Zero disables the cache.
    ///
    /// A token is never cached past `exp` plus the leeway. When the issuer's published keys change, cached tokens are verified
    /// again.
    pub fn cache_ttl(mut self, ttl: Duration) -> Self {
        self.cache_ttl = Some(ttl);
        self
    }

    /// Sets how many bytes the cache of verified tokens may take. Default: 16 MiB. A typical token takes about 1.2 KiB.
    ///
    /// A full cache removes the tokens that are used least. Once it has been full, a token is cached when it is decoded for the
    /// second time.
    pub fn cache_capacity(mut self, bytes: usize) -> Self {
        self.cache_capacity = Some(bytes);
        self
    }

    /// Builds the decoder.
    ///
    /// The first decoder of the process installs its crypto backend as that of jsonwebtoken, unless the application has
    /// installed one.
    ///
    /// # Errors
    ///
    /// - [`MissingIssuer`](JwtDecoderError::MissingIssuer), [`MissingAudience`](JwtDecoderError::MissingAudience),
    ///   [`MissingKey`](JwtDecoderError::MissingKey) or [`MissingClientClaim`](JwtDecoderError::MissingClientClaim) if a
    ///   required value is missing.
    /// - [`LongLeeway`](JwtDecoderError::LongLeeway) if `leeway` is longer than 60 s.
    /// - [`RepeatedKid`](JwtDecoderError::RepeatedKid) if two keys for one algorithm have the same `kid`,
    ///   [`TooManyKeysWithoutKid`](JwtDecoderError::TooManyKeysWithoutKid) if more than four have none.
    /// - [`TwoKindsOfKeys`](JwtDecoderError::TwoKindsOfKeys) if both `key` and `jwks` are set.
    /// - [`UnsafeUrl`](JwtDecoderError::UnsafeUrl) if the URL of the keys, or else the issuer, is neither HTTPS nor loopback nor
    ///   on the host of [`Jwks::danger_allow_http`](crate::Jwks::danger_allow_http), or has a user name or a password, or if the
    ///   issuer has a query or a fragment.
    /// - [`HttpClient`](JwtDecoderError::HttpClient) if the HTTPS client cannot be built.
    pub fn build(mut self) -> Result<JwtDecoder, JwtDecoderError> {
        if self.issuer.is_empty() {
            return Err(JwtDecoderError::MissingIssuer);
        }
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            return Err(JwtDecoderError::MissingAudience);
        }
        if !self.profile.has_client_claim() {
            return Err(JwtDecoderError::MissingClientClaim);
        }
        if self.leeway > MAX_LEEWAY {
            return Err(JwtDecoderError::LongLeeway(self.leeway));
        }
        self.check_kids()?;
        let keys = self.key_source()?;
        install_crypto_provider();
        let mut profile = self.profile;
        profile.allows_generic_typ |= self.allows_generic_typ;
        if let Some(claim) = self.scope_claim {
            profile.scope_claim = claim;
        }
        let checks = ClaimChecks {
            issuer: self.issuer,
            audiences: self.audiences.into(),
            leeway: self.leeway,
            allows_bound_tokens: self.allows_bound_tokens,
            profile,
        };
        let cache_ttl = self.cache_ttl.unwrap_or(DEFAULT_CACHE_TTL);
        let cache_capacity = self.cache_capacity.unwrap_or(DEFAULT_CAPACITY);
        Ok(JwtDecoder::new(checks, keys, self.grantable, cache_ttl, cache_capacity))
    }

    /// Checks that a token selects at most [`MAX_TRIED_KEYS`] keys.
    fn check_kids(&self) -> Result<(), JwtDecoderError> {
        let mut named = HashSet::new();
        for key in &self.keys {
            let algorithm = key.algorithm();
            if let Some(kid) = key.kid()
                && !named.insert((kid, algorithm))
            {
                return Err(JwtDecoderError::RepeatedKid { kid: kid.to_owned(), algorithm });
            }
        }
        for key in &self.keys {
            let algorithm = key.algorithm();
            let unnamed = self.keys.iter().filter(|key| key.algorithm() == algorithm && key.kid().is_none());
            if unnamed.count() > MAX_TRIED_KEYS {
                return Err(JwtDecoderError::TooManyKeysWithoutKid { algorithm });
            }
        }
        Ok(())
    }

    #[cfg(not(feature = "issuer"))]
    fn key_source(&mut self) -> Result<KeySource, JwtDecoderError> {
        self.configured_keys()
    }

    #[cfg(feature = "issuer")]
    fn key_source(&mut self) -> Result<KeySource, JwtDecoderError> {
        match &self.jwks {
            None => self.configured_keys(),
            Some(_) if !self.keys.is_empty() => Err(JwtDecoderError::TwoKindsOfKeys),
            Some(jwks) => Ok(KeySource::Published(jwks.connect(&self.issuer)?)),
        }
    }

    fn configured_keys(&mut self) -> Result<KeySource, JwtDecoderError> {
        if self.keys.is_empty() {
            return Err(JwtDecoderError::MissingKey);
        }
        Ok(KeySource::Configured(std::mem::take(&mut self.keys).into()))
    }
}

/// Installs the crypto backend. With both backends compiled in, jsonwebtoken panics at the first token otherwise.
pub(crate) fn install_crypto_provider() {
    #[cfg(feature = "aws-lc-rs")]
    use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
    #[cfg(not(feature = "aws-lc-rs"))]
    use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;

    // An error means that one is installed already.
    let _ = DEFAULT_PROVIDER.install_default();
}
