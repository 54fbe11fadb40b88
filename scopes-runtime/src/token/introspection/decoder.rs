use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::form_urlencoded;

use super::endpoint::Endpoint;
use super::response::ResponseChecks;
use crate::token::cache::{CacheEntry, FillGuard, TokenBytes, TokenCache};
use crate::token::claims::check_expiry;
use crate::token::content::TokenContent;
use crate::token::decoder::check_length;
use crate::token::fetch::{self, FetchError, Fetched};
use crate::token::json::Value;
use crate::token::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};

/// Longest time that a request waits for the issuer, discovery included.
const MAX_WAIT: Duration = fetch::TIMEOUT;
/// Most introspection requests at a time.
const MAX_CONCURRENT_REQUESTS: usize = 32;
/// Most requests that wait for an introspection request at a time. Further ones get 503 at once.
const MAX_WAITING: usize = 1024;
/// How long the refusal of a token is cached.
const REFUSED_TTL: Duration = Duration::from_secs(5);
/// Capacity of the cache of refused tokens, in bytes.
const REFUSED_CAPACITY: usize = 1024 * 1024;
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Decodes opaque access tokens with the issuer's introspection endpoint (RFC 7662).
///
/// A token is accepted if the response has `active: true` and the `token_type` `Bearer` (or `DPoP`, with
/// [`allow_bound_tokens`](crate::IntrospectionDecoderBuilder::allow_bound_tokens)), and names an audience of this server.
///
/// - An accepted token is cached for 30 s (never past `exp`), a refused one for 5 s.
/// - Requests with the same token wait for one response. At most 32 tokens are introspected at a time.
/// - The result is 503 with `Retry-After` if the issuer does not respond within 5 s, if its response is unusable, or if 1024
///   requests are waiting.
/// - Each unknown token causes one introspection request; rate-limit clients upstream.
///
/// ```
/// use scopes_runtime::{IntrospectionDecoder, IntrospectionDecoderError, ResourceServer};
///
/// fn server(secret: String) -> Result<ResourceServer, IntrospectionDecoderError> {
///     let decoder = IntrospectionDecoder::builder()
///         .issuer("https://issuer.example")
///         .audience("https://api.example")
///         .client("items-api", secret)
///         .build()?;
///     Ok(ResourceServer::new(decoder))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct IntrospectionDecoder {
    endpoint: Endpoint,
    credentials: ClientCredentials,
    checks: ResponseChecks,
    cache_ttl: Duration,
    http: reqwest::Client,
    active: Arc<TokenCache<TokenBytes, Arc<TokenContent>>>,
    refused: Arc<TokenCache<TokenBytes, ()>>,
    request_permits: Arc<Semaphore>,
    waiting_permits: Arc<Semaphore>,
}

/// The credentials of this server at the issuer.
#[derive(Clone)]
pub(super) struct ClientCredentials {
    pub(super) id: String,
    pub(super) secret: String,
}

impl IntrospectionDecoder {
    pub(super) fn new(
        endpoint: Endpoint,
        credentials: ClientCredentials,
        checks: ResponseChecks,
        cache_ttl: Duration,
        cache_capacity: usize,
    ) -> reqwest::Result<Self> {
        Ok(Self {
            http: fetch::client_without_redirects(endpoint.first_url())?,
            endpoint,
            credentials,
            checks,
            cache_ttl,
            active: Arc::new(TokenCache::new(cache_capacity)),
            refused: Arc::new(TokenCache::new(REFUSED_CAPACITY)),
            request_permits: Arc::new(Semaphore::new(MAX_CONCURRENT_REQUESTS)),
            waiting_permits: Arc::new(Semaphore::new(MAX_WAITING)),
        })
    }

    async fn decode_token(&self, token: &str) -> Result<AccessToken, DecodeError> {
        check_length(token)?;
        match timeout(MAX_WAIT, self.cached_or_introspected(token)).await {
            Ok(result) => result,
            Err(_) => Err(unavailable("the issuer did not respond in time")),
        }
    }

    async fn cached_or_introspected(&self, token: &str) -> Result<AccessToken, DecodeError> {
        if self.cache_ttl.is_zero() {
            return self.introspect(token, None).await;
        }
        match self.active.get_or_fill(token).await {
            Ok(cached) => {
                check_not_expired(&cached, SystemTime::now()).map(|()| AccessToken::of_content(cached))
            }
            Err(guard) => self.introspect(token, Some(guard)).await,
        }
    }

    /// Introspects a token, and caches the result if there is a guard for it.
    async fn introspect(
        &self,
        token: &str,
        guard: Option<FillGuard<'_, Arc<TokenContent>>>,
    ) -> Result<AccessToken, DecodeError> {
        // Before the request: the token may be revoked while the response is on its way.
        let inserted_at = SystemTime::now();
        if guard.is_some() && self.refused.get(token.as_bytes(), inserted_at).is_some() {
            return Err(DecodeError::invalid(
                "it was refused less than 5 s ago; the event of that refusal contains the cause",
            ));
        }
        let unusable = |error: FetchError| unavailable(error.to_string());
        let fetched = self.response(token).await?.map_err(unusable)?;
        let response = fetched.object("the response").map_err(unusable)?;
        if response.get("active").and_then(Value::as_bool).is_none() {
            return Err(unavailable("the response has no boolean `active`"));
        }
        let endpoint = || fetch::without_query(self.endpoint.first_url()).into();
        let issuer = self.checks.issuer.as_deref().map_or_else(endpoint, Cow::Borrowed);
        let result = self.checks.read(&response, &fetched.text, &issuer);
        match (&result, guard) {
            (Ok(token), Some(guard)) => {
                let content = Arc::clone(token.content());
                let bytes = content.size();
                guard.fill(CacheEntry::new(content, bytes, inserted_at, self.cache_ttl));
            }
            (Err(DecodeError::Invalid(_)), Some(_)) => {
                let entry = CacheEntry::new((), 0, inserted_at, REFUSED_TTL);
                self.refused.insert(token.as_bytes().to_owned(), entry);
            }
            _ => {}
        }
        result
    }

    /// Requests the response for a token, within the limits of concurrent and waiting requests.
    async fn response(&self, token: &str) -> Result<Result<Fetched, FetchError>, DecodeError> {
        let Ok(_permit) = self.waiting_permits.try_acquire() else {
            return Err(unavailable("too many requests wait for the issuer"));
        };
        let permits = Arc::clone(&self.request_permits);
        let permit = permits.acquire_owned().await.expect("the semaphore is never closed");
        let (decoder, token) = (self.clone(), token.to_owned());
        // In a task of its own, because the issuer goes on when a client disconnects. Without the task, clients that disconnect
        // early could cause any number of introspection requests at a time.
        let response = tokio::spawn(async move {
            let _permit = permit;
            decoder.send_request(&token).await
        });
        response.await.map_err(|error| unavailable(error.to_string()))
    }

    async fn send_request(&self, token: &str) -> Result<Fetched, FetchError> {
        let url = &self.endpoint.url(&self.http).await?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let ClientCredentials { id, secret } = &self.credentials;
        let request = self
            .http
            .post(url.clone())
            .basic_auth(form_encoded(id), Some(form_encoded(secret)))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let sent = fetch::send_json(request, url, &[StatusCode::OK, StatusCode::BAD_REQUEST]).await;
        let (status, fetched) = sent.inspect_err(|error| self.endpoint.invalidate_if_gone(error))?;
        if status == StatusCode::OK {
            return Ok(fetched);
        }
        // Some issuers introspect only some kinds of the tokens that they have issued. Others are inactive here.
        let is_unsupported = |error: &Value<'_>| error == "unsupported_token_type";
        if fetched.object("the error").is_ok_and(|error| error.get("error").is_some_and(is_unsupported)) {
            return Ok(Fetched { text: br#"{"active":false}"#.to_vec(), max_age: None });
        }
        Err(FetchError::Status { url: fetch::without_query(url), status })
    }
}

fn unavailable(reason: impl Into<String>) -> DecodeError {
    DecodeError::unavailable(RETRY_AFTER, reason.into())
}

/// Checks that a cached token has not expired since it was inserted.
fn check_not_expired(token: &TokenContent, now: SystemTime) -> Result<(), DecodeError> {
    token.registered.expires_at.map_or(Ok(()), |exp| check_expiry(exp, now, Duration::ZERO))
}

/// Encodes a part of the client's credentials (RFC 6749 section 2.3.1).
fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl TokenDecoder for IntrospectionDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(self.decode_token(token))
    }

    fn cached(&self, token: &str) -> Option<AccessToken> {
        let now = SystemTime::now();
        // An expired token is left to `decode`, which makes the cause of the refusal.
        let is_valid = |token: &Arc<TokenContent>| token.registered.expires_at.is_none_or(|exp| now < exp);
        self.active.get(token.as_bytes(), now).filter(is_valid).map(AccessToken::of_content)
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}
