use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use super::endpoint::Endpoint;
use super::{Client, IntrospectionDecoder, MOST_REQUESTS, MOST_WAITING};
use crate::token::cache::TokenCache;
use crate::token::grantable::GrantableScopes;
use crate::token::issuer_metadata::IssuerMetadata;
use crate::token::{ScopeClaim, fetch};

/// A token that was revoked goes on for no longer than this.
const MAX_AGE: Duration = Duration::from_secs(300);
const USUAL_AGE: Duration = Duration::from_secs(30);
const ACTIVE_BYTES: usize = 16 * 1024 * 1024;
const INACTIVE_BYTES: usize = 1024 * 1024;

/// Builds an [`IntrospectionDecoder`]. An issuer or its endpoint, an audience and the client are needed; each other
/// method departs from the strict default.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct IntrospectionDecoderBuilder {
    issuer: Option<String>,
    endpoint: Option<String>,
    audiences: Vec<String>,
    client: Option<Client>,
    scopes: ScopeClaim,
    grantable: GrantableScopes,
    cache_ttl: Option<Duration>,
    allows_missing_audience: bool,
    allows_missing_token_type: bool,
}

impl IntrospectionDecoderBuilder {
    /// Who issues the tokens: an answer with another `iss` is refused. The endpoint is that of the issuer's metadata,
    /// unless [`endpoint`](Self::endpoint) names it.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Where tokens are introspected, if that is not to be read from the issuer's metadata.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Who this server is: the answer's `aud` must be this or an array that contains it. Where it goes by several names,
    /// each call adds one, and any of them will do.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// As whom this server asks: RFC 7662 section 2.1 has it authenticate, and this is HTTP Basic as RFC 6749 section
    /// 2.3.1 writes it.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client = Some(Client { id: id.into(), secret: secret.into() });
        self
    }

    /// Where answers list the scopes, if not in the string `scope`.
    pub fn scope_claim(mut self, claim: ScopeClaim) -> Self {
        self.scopes = claim;
        self
    }

    /// Limits the scopes that the issuer may grant, as
    /// [`JwtDecoderBuilder::may_grant`](crate::JwtDecoderBuilder::may_grant) does.
    pub fn may_grant<N: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = N>) -> Self {
        self.grantable.allow(scopes);
        self
    }

    /// For how long an answer counts, if not for 30 seconds: a token that is revoked meanwhile is still let in. At most
    /// five minutes, and never beyond the token's `exp`. Zero asks about every request.
    pub fn cache_ttl(mut self, ttl: Duration) -> Self {
        self.cache_ttl = Some(ttl);
        self
    }

    /// Accepts tokens of which the issuer does not say whom they are for.
    ///
    /// It gives up that a token for one API is not accepted by another, unless the issuer itself tells each API that the
    /// tokens of others are not active (RFC 7662 section 4).
    pub fn allow_missing_audience(mut self) -> Self {
        self.allows_missing_audience = true;
        self
    }

    /// Accepts tokens of which the issuer does not say that they are bearer tokens, by `token_type`.
    ///
    /// It gives up that a refresh token is not accepted: introspection calls it active too.
    pub fn allow_missing_token_type(mut self) -> Self {
        self.allows_missing_token_type = true;
        self
    }

    /// The decoder.
    ///
    /// # Errors
    ///
    /// Something is missing, or is not safe.
    pub fn build(self) -> Result<IntrospectionDecoder, IntrospectionDecoderError> {
        let endpoint = self.location()?;
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            return Err(IntrospectionDecoderError::MissingAudience);
        }
        let client = self.client.ok_or(IntrospectionDecoderError::MissingClient)?;
        let cache_ttl = self.cache_ttl.unwrap_or(USUAL_AGE);
        if cache_ttl > MAX_AGE {
            return Err(IntrospectionDecoderError::LongAge(cache_ttl));
        }
        let http = fetch::client_without_redirects(endpoint.first());
        let http = http.map_err(IntrospectionDecoderError::HttpClient)?;
        Ok(IntrospectionDecoder {
            issuer: self.issuer,
            endpoint,
            audiences: self.audiences.into(),
            client,
            scopes: self.scopes,
            grantable: self.grantable,
            allows_missing_audience: self.allows_missing_audience,
            allows_missing_token_type: self.allows_missing_token_type,
            cache_ttl,
            http,
            active: Arc::new(TokenCache::new(ACTIVE_BYTES)),
            inactive: Arc::new(TokenCache::new(INACTIVE_BYTES)),
            turns: Arc::new(Semaphore::new(MOST_REQUESTS)),
            places: Arc::new(Semaphore::new(MOST_WAITING)),
        })
    }

    fn location(&self) -> Result<Endpoint, IntrospectionDecoderError> {
        let (text, endpoint) = match (&self.endpoint, &self.issuer) {
            (Some(text), _) => (text, Url::parse(text).ok().filter(fetch::is_safe).map(Endpoint::Known)),
            (None, Some(text)) => {
                let metadata = IssuerMetadata::of(text);
                (text, metadata.map(|it| Endpoint::Discovered(it, Arc::default())))
            }
            (None, None) => return Err(IntrospectionDecoderError::MissingIssuer),
        };
        endpoint.ok_or_else(|| IntrospectionDecoderError::UnsafeUrl { url: fetch::shown(text) })
    }
}

/// Why an [`IntrospectionDecoder`] was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntrospectionDecoderError {
    /// Neither an issuer nor an endpoint.
    #[error(
        "nobody can be asked about tokens: call `issuer` with the issuer's URL, or `endpoint` with that of its \
         introspection endpoint"
    )]
    MissingIssuer,
    /// No audience, or an empty one.
    #[error(
        "the decoder has no audience: call `audience` with the `aud` that names this server in the issuer's answers"
    )]
    MissingAudience,
    /// No client.
    #[error(
        "the issuer would not know who asks: call `client` with the id and the secret that it gave this server"
    )]
    MissingClient,
    /// Tokens would be sent to where anybody could read them.
    #[error(
        "`{url}` is not a URL to send tokens to: give one that begins with `https://`, or of this machine, \
         with no user in it"
    )]
    UnsafeUrl {
        /// What was given, without a user and a password.
        url: String,
    },
    /// Answers would count for more than five minutes.
    #[error("a `cache_ttl` of {0:?} is longer than 300 s: a token that is revoked would go on for too long")]
    LongAge(Duration),
    /// The system has no certificates, or the like.
    #[error("nothing can be asked over HTTPS here: {0}")]
    HttpClient(#[source] reqwest::Error),
}
