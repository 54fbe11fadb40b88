use std::sync::Arc;
use std::time::Duration;

use super::decoder::{ClientCredentials, IntrospectionDecoder};
use super::endpoint::Endpoint;
use super::error::IntrospectionDecoderError;
use super::response::ResponseChecks;
use crate::shown_url::shown_url;
use crate::token::ScopeClaim;
use crate::token::cache::DEFAULT_CAPACITY;
use crate::token::configured_url::ConfiguredUrl;
use crate::token::fetch::UrlPolicy;
use crate::token::grantable::GrantableScopes;
use crate::token::issuer_metadata::IssuerMetadata;

/// A revoked token is accepted for this long at most.
const MAX_CACHE_TTL: Duration = Duration::from_secs(300);
const DEFAULT_CACHE_TTL: Duration = Duration::from_secs(30);

/// Builds an [`IntrospectionDecoder`]. [`IntrospectionDecoder::builder`] starts one.
///
/// An issuer or an endpoint, an audience and the client are required. The other methods relax or limit the strict defaults.
///
/// ```
/// use std::time::Duration;
///
/// use scopes_runtime::{IntrospectionDecoder, IntrospectionDecoderError};
///
/// fn decoder(secret: String) -> Result<IntrospectionDecoder, IntrospectionDecoderError> {
///     IntrospectionDecoder::builder()
///         .endpoint("https://issuer.example/introspect")
///         .audience("https://api.example")
///         .client("items-api", secret)
///         .cache_ttl(Duration::from_secs(5))
///         .cache_capacity(64 * 1024 * 1024)
///         .build()
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct IntrospectionDecoderBuilder {
    issuer: Option<ConfiguredUrl>,
    endpoint: Option<ConfiguredUrl>,
    audiences: Vec<String>,
    credentials: Option<ClientCredentials>,
    scopes: ScopeClaim,
    grantable: GrantableScopes,
    cache_ttl: Option<Duration>,
    cache_capacity: Option<usize>,
    allows_missing_audience: bool,
    allows_missing_token_type: bool,
    allows_bound_tokens: bool,
    urls: UrlPolicy,
}

impl IntrospectionDecoder {
    /// Returns a builder. An issuer or an endpoint, an audience and the client are required.
    pub fn builder() -> IntrospectionDecoderBuilder {
        IntrospectionDecoderBuilder::default()
    }
}

impl IntrospectionDecoderBuilder {
    /// Sets the issuer. A response with another `iss` is refused. Its metadata contains the endpoint, unless
    /// [`endpoint`](Self::endpoint) sets it. A second call replaces the issuer.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(ConfiguredUrl(issuer.into()));
        self
    }

    /// Sets the URL of the introspection endpoint. Default: `introspection_endpoint` of the issuer's metadata.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(ConfiguredUrl(url.into()));
        self
    }

    /// Adds an audience of this server. The `aud` of a response must be one of the audiences, or an array that contains one.
    /// A second call adds another one.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Sets the client id and the secret of this server at the issuer. They are sent with HTTP Basic authentication (RFC 7662
    /// section 2.1, RFC 6749 section 2.3.1).
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.credentials = Some(ClientCredentials { id: id.into(), secret: secret.into() });
        self
    }

    /// Sets the claim that contains the scopes. Default: the string `scope`.
    pub fn scope_claim(mut self, claim: ScopeClaim) -> Self {
        self.scopes = claim;
        self
    }

    /// Limits the scopes that the issuer may grant, as
    /// [`JwtDecoderBuilder::may_grant`](crate::JwtDecoderBuilder::may_grant) does. Default: all scopes.
    pub fn may_grant<N: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = N>) -> Self {
        self.grantable.allow(scopes);
        self
    }

    /// Sets how long an active response is cached, never past `exp`. Default: 30 s; at most 5 min. Zero disables the cache.
    ///
    /// A token that is revoked in the meantime is still accepted.
    pub fn cache_ttl(mut self, ttl: Duration) -> Self {
        self.cache_ttl = Some(ttl);
        self
    }

    /// Sets how many bytes the cache of active responses may take. Default: 16 MiB. A typical response takes about 1.2 KiB.
    pub fn cache_capacity(mut self, bytes: usize) -> Self {
        self.cache_capacity = Some(bytes);
        self
    }

    /// Accepts responses without `aud`. Default: they are refused.
    ///
    /// Then a token for another API is accepted here, unless the issuer responds to each API that the tokens of others are not
    /// active (RFC 7662 section 4).
    pub fn allow_missing_audience(mut self) -> Self {
        self.allows_missing_audience = true;
        self
    }

    /// Accepts responses without `token_type`. Default: they are refused.
    ///
    /// Then a refresh token may be accepted, because refresh tokens are active too.
    pub fn allow_missing_token_type(mut self) -> Self {
        self.allows_missing_token_type = true;
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

    /// Allows plain HTTP to one host, such as a container in the network of a developer. Default: only to loopback.
    ///
    /// **For development only.** The requests contain tokens and the secret of the client, and an attacker who can change a
    /// response can make every token valid. The rest is as for [`Jwks::danger_allow_http`](crate::Jwks::danger_allow_http).
    pub fn danger_allow_http(mut self, host: &'static str) -> Self {
        self.urls = UrlPolicy { http_host: Some(host) };
        self
    }

    /// Builds the decoder.
    ///
    /// # Errors
    ///
    /// - [`MissingIssuer`](IntrospectionDecoderError::MissingIssuer),
    ///   [`MissingAudience`](IntrospectionDecoderError::MissingAudience) or
    ///   [`MissingClient`](IntrospectionDecoderError::MissingClient) if a required value is missing.
    /// - [`UnsafeUrl`](IntrospectionDecoderError::UnsafeUrl) if the endpoint, or else the issuer, is neither HTTPS nor
    ///   loopback nor on the host of [`danger_allow_http`](Self::danger_allow_http), or has a user name or a password, or if
    ///   the issuer has a query or a fragment.
    /// - [`LongCacheTtl`](IntrospectionDecoderError::LongCacheTtl) if `cache_ttl` is longer than 5 min.
    /// - [`HttpClient`](IntrospectionDecoderError::HttpClient) if the HTTPS client cannot be built.
    pub fn build(self) -> Result<IntrospectionDecoder, IntrospectionDecoderError> {
        let endpoint = self.configured_endpoint()?;
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            return Err(IntrospectionDecoderError::MissingAudience);
        }
        let credentials = self.credentials.ok_or(IntrospectionDecoderError::MissingClient)?;
        let cache_ttl = self.cache_ttl.unwrap_or(DEFAULT_CACHE_TTL);
        if cache_ttl > MAX_CACHE_TTL {
            return Err(IntrospectionDecoderError::LongCacheTtl(cache_ttl));
        }
        let checks = ResponseChecks {
            issuer: self.issuer,
            audiences: self.audiences.into(),
            scopes: self.scopes,
            grantable: self.grantable,
            allows_missing_audience: self.allows_missing_audience,
            allows_missing_token_type: self.allows_missing_token_type,
            allows_bound_tokens: self.allows_bound_tokens,
        };
        let cache_capacity = self.cache_capacity.unwrap_or(DEFAULT_CAPACITY);
        IntrospectionDecoder::new(endpoint, credentials, checks, cache_ttl, cache_capacity)
            .map_err(IntrospectionDecoderError::HttpClient)
    }

    fn configured_endpoint(&self) -> Result<Endpoint, IntrospectionDecoderError> {
        let (text, endpoint) = match (&self.endpoint, &self.issuer) {
            (Some(text), _) => (text, self.urls.parse(text).map(Endpoint::Configured)),
            (None, Some(text)) => {
                let metadata = IssuerMetadata::of(text, self.urls);
                (text, metadata.map(|metadata| Endpoint::Discovered(metadata, Arc::default())))
            }
            (None, None) => return Err(IntrospectionDecoderError::MissingIssuer),
        };
        endpoint.map_err(|problem| IntrospectionDecoderError::UnsafeUrl {
            url: shown_url(text),
            help: problem.help(Some("IntrospectionDecoderBuilder::danger_allow_http")),
        })
    }
}
