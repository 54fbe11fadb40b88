//! Opaque access tokens: the issuer is asked what they say (RFC 7662).

mod answer;
mod builder;
mod endpoint;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::form_urlencoded;

pub use builder::{IntrospectionDecoderBuilder, IntrospectionDecoderError};

use self::endpoint::Endpoint;
use super::cache::{Entry, FillGuard, TokenCache};
use super::fetch::{self, FetchError};
use super::grantable::GrantableScopes;
use super::{AccessToken, DecodeError, DecodeFuture, MAX_TOKEN_BYTES, ScopeClaim, TokenDecoder};

/// How long a request waits for the issuer, all in all.
const PATIENCE: Duration = fetch::TIMEOUT;
/// How many tokens the issuer is asked about at a time.
const MOST_REQUESTS: usize = 32;
/// How many requests wait for that at a time; whoever comes then is not kept waiting for nothing.
const MOST_WAITING: usize = 1024;
/// For how long a token that is not active is not asked about again.
const INACTIVE_AGE: Duration = Duration::from_secs(5);
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Decodes opaque access tokens: it asks the issuer's introspection endpoint (RFC 7662).
///
/// Only `active: true` lets a token in, and only one that the answer calls a bearer token for this server's audience.
/// An answer counts for 30 seconds at the most and never beyond the token's `exp`, one that the token is not active for
/// five. Requests with the same token wait for one answer; the issuer is asked about 32 tokens at a time. Where it does
/// not answer within five seconds, or nothing that can be used, or 1024 requests wait for it, the answer is 503. Tokens
/// that nobody knows cost the issuer a question each, so limit how many requests a client may send, in front of this.
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
    issuer: Option<String>,
    endpoint: Endpoint,
    audiences: Box<[String]>,
    client: Client,
    scopes: ScopeClaim,
    grantable: GrantableScopes,
    allows_missing_audience: bool,
    allows_missing_token_type: bool,
    cache_ttl: Duration,
    http: reqwest::Client,
    active: Arc<TokenCache<AccessToken>>,
    inactive: Arc<TokenCache<()>>,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// As whom the issuer is asked.
#[derive(Clone)]
struct Client {
    id: String,
    secret: String,
}

impl IntrospectionDecoder {
    /// Starts a decoder; it needs an issuer or an endpoint, an audience and a client.
    pub fn builder() -> IntrospectionDecoderBuilder {
        IntrospectionDecoderBuilder::default()
    }

    async fn introspect(&self, token: &str) -> Result<AccessToken, DecodeError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(DecodeError::invalid(format!("it is longer than {MAX_TOKEN_BYTES} bytes")));
        }
        match timeout(PATIENCE, self.find_out(token)).await {
            Ok(found) => found,
            Err(_) => Err(self.unavailable("the issuer takes too long")),
        }
    }

    async fn find_out(&self, token: &str) -> Result<AccessToken, DecodeError> {
        if self.cache_ttl.is_zero() {
            return self.ask_anew(token, None).await;
        }
        match self.active.get_or_fill(token).await {
            Ok(token) if has_ended(&token, SystemTime::now()) => Err(DecodeError::invalid("it has expired")),
            Ok(token) => Ok(token),
            Err(turn) => self.ask_anew(token, Some(turn)).await,
        }
    }

    async fn ask_anew(
        &self,
        token: &str,
        turn: Option<FillGuard<'_, AccessToken>>,
    ) -> Result<AccessToken, DecodeError> {
        let asked = SystemTime::now();
        if turn.is_some() && self.inactive.get(token, asked).is_some() {
            return Err(DecodeError::invalid("the issuer said a moment ago that it is not one to accept"));
        }
        let answer = self.ask_in_turn(token).await?.map_err(|error| self.unavailable(error.to_string()))?;
        let read = self.read(answer);
        match (&read, turn) {
            (Ok(found), Some(turn)) => {
                let (value, bytes) = (found.clone(), found.size());
                turn.found(Entry { value, bytes, inserted_at: asked, ttl: self.cache_ttl });
            }
            (Err(DecodeError::Invalid(_)), Some(_)) => {
                let entry = Entry { value: (), bytes: 0, inserted_at: asked, ttl: INACTIVE_AGE };
                self.inactive.insert(token, entry);
            }
            _ => {}
        }
        read
    }

    async fn ask_in_turn(&self, token: &str) -> Result<Result<Map<String, Value>, FetchError>, DecodeError> {
        let Ok(_place) = self.places.try_acquire() else {
            return Err(self.unavailable("too many requests wait for the issuer"));
        };
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the semaphore is never closed");
        let (decoder, token) = (self.clone(), token.to_owned());
        // In a task of its own: the issuer goes on when a client hangs up, so the question counts until it is answered.
        let answer = tokio::spawn(async move {
            let _turn = turn;
            decoder.ask(&token).await
        });
        answer.await.map_err(|error| self.unavailable(error.to_string()))
    }

    async fn ask(&self, token: &str) -> Result<Map<String, Value>, FetchError> {
        let url = &self.endpoint.url(&self.http).await?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let request = self
            .http
            .post(url.clone())
            .basic_auth(encoded(&self.client.id), Some(encoded(&self.client.secret)))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answered = fetch::answer(request, url, &[StatusCode::OK, StatusCode::BAD_REQUEST]).await;
        let (status, answer) = answered.inspect_err(|error| self.endpoint.forget_if_gone(error))?;
        let object = answer.object("the answer");
        match status {
            StatusCode::OK => object,
            // Some issuers introspect only tokens of some kinds, and no others that they have issued.
            _ if object.is_ok_and(|it| it.get("error") == Some(&"unsupported_token_type".into())) => {
                Ok(Map::from_iter([("active".to_owned(), false.into())]))
            }
            _ => Err(FetchError::Status { url: url.clone(), status }),
        }
    }

    fn unavailable(&self, reason: impl Into<String>) -> DecodeError {
        DecodeError::unavailable(RETRY_AFTER, reason.into())
    }
}

/// An answer counts no longer than the token does.
fn has_ended(token: &AccessToken, now: SystemTime) -> bool {
    token.expires_at().is_some_and(|end| end <= now)
}

/// RFC 6749 section 2.3.1.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl TokenDecoder for IntrospectionDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(self.introspect(token))
    }

    fn cached(&self, token: &str) -> Option<AccessToken> {
        let now = SystemTime::now();
        self.active.get(token, now).filter(|token| !has_ended(token, now))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("id", &self.id).finish_non_exhaustive()
    }
}
