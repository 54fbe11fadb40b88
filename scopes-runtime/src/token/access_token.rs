use std::any::Any;
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::confirmation::Confirmation;
use super::content::{ClaimsSource, RegisteredClaims, StringClaim, TokenContent};
use super::error::DecodeError;
#[cfg(feature = "_jwt")]
use super::json::Object;
use crate::scope::{Authenticated, GrantedScopes, MAX_SCOPES, Requirement, Requirements};

/// The longest time between two readings of the clock in [`AccessToken::expired`].
const MAX_SLEEP: Duration = Duration::from_secs(60);

/// A verified access token: its claims and scopes.
///
/// As an axum extractor it requires a valid token, and handlers that take it require one too. `Option<AccessToken>` is `None`
/// without a token. An invalid token is refused; in a layer of a `ScopedRouter` it is `None`, and the operation refuses the
/// request. Clones share their content.
///
/// ```
/// use scopes_runtime::{AccessToken, requires_scopes};
///
/// #[requires_scopes]
/// async fn whoami(token: AccessToken) -> String {
///     token.subject().unwrap_or("unknown").to_owned()
/// }
/// ```
///
/// Methods return the claims of RFC 9068, and [`claims`](Self::claims) deserializes others:
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use scopes_runtime::{AccessToken, GrantedScopes};
/// use serde_json::json;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let claims = json!({ "sub": "alice", "client_id": "shop", "jti": "7", "exp": 2_000_000_000, "acr": "mfa", "auth_time": 1 });
/// let token = AccessToken::new(serde_json::from_value(claims)?, GrantedScopes::from_list("items me"))?;
/// assert_eq!((token.client_id(), token.id(), token.acr()), (Some("shop"), Some("7"), Some("mfa")));
/// assert_eq!(token.expires_at(), Some(UNIX_EPOCH + Duration::from_secs(2_000_000_000)));
/// assert_eq!(token.authenticated_at(), Some(UNIX_EPOCH + Duration::from_secs(1)));
/// assert!(!token.scopes().is_empty());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct AccessToken {
    content: Arc<TokenContent>,
    /// The configuration of the server that accepted the token. Its type is in the module `http`, which imports this one.
    server_config: Option<Arc<dyn Any + Send + Sync>>,
    /// The requirements of the operation that the token was accepted for.
    required: Requirements,
    /// Whether a handler's attribute declares the operation, with all that the handler may require.
    is_declared: bool,
}

impl AccessToken {
    /// Creates a token from claims that a [`TokenDecoder`](crate::TokenDecoder) has verified.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] if
    ///
    /// - `iss`, `sub`, `client_id`, `jti` or `acr` is not a string,
    /// - `exp` or `auth_time` is not a NumericDate (RFC 7519 section 2, RFC 9068 section 2.2),
    /// - `cnf` is neither the thumbprint of a DPoP key nor that of a certificate,
    /// - there are more than 1024 different scopes.
    pub fn new(claims: Map<String, Value>, scopes: GrantedScopes) -> Result<Self, DecodeError> {
        let registered = RegisteredClaims::of_map(&claims)?;
        Self::with_content(ClaimsSource::Map(claims), registered, scopes)
    }

    /// Creates a token. `members` are the parsed claims, and `claims` is the form in which they are stored. `client_claim` is
    /// the name of the claim with the client id.
    #[cfg(feature = "_jwt")]
    pub(super) fn from_claims(
        claims: ClaimsSource,
        members: &Object<'_>,
        scopes: GrantedScopes,
        client_claim: &str,
    ) -> Result<Self, DecodeError> {
        Self::with_content(claims, RegisteredClaims::read(members, client_claim)?, scopes)
    }

    fn with_content(
        claims: ClaimsSource,
        registered: RegisteredClaims,
        scopes: GrantedScopes,
    ) -> Result<Self, DecodeError> {
        check_scope_count(&scopes)?;
        Ok(Self::of_content(Arc::new(TokenContent { claims, registered, scopes })))
    }

    /// Creates a token that no server has accepted yet.
    pub(super) fn of_content(content: Arc<TokenContent>) -> Self {
        Self {
            content,
            server_config: None,
            required: Requirement::ANY_VALID_TOKEN.into(),
            is_declared: false,
        }
    }

    /// Returns what caches store of the token: its content without the server that has accepted it.
    #[cfg(feature = "_jwt")]
    pub(super) fn content(&self) -> &Arc<TokenContent> {
        &self.content
    }

    /// Returns the token with other scopes, for a decoder that derives scopes from roles or from a database. Everything else is
    /// kept.
    ///
    /// ```
    /// use scopes_runtime::{DecodeFuture, GrantedScopes, TokenDecoder};
    ///
    /// /// Adds the scopes of a table in the database.
    /// struct WithStoredScopes<D>(D);
    /// # async fn stored_scopes(_: Option<&str>) -> String { "items".to_owned() }
    ///
    /// impl<D: TokenDecoder> TokenDecoder for WithStoredScopes<D> {
    ///     fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
    ///         Box::pin(async move {
    ///             let token = self.0.decode(token).await?;
    ///             let scopes = GrantedScopes::from_list(&stored_scopes(token.subject()).await);
    ///             token.with_scopes(scopes)
    ///         })
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] if there are more than 1024 different scopes.
    pub fn with_scopes(mut self, scopes: GrantedScopes) -> Result<Self, DecodeError> {
        check_scope_count(&scopes)?;
        Arc::make_mut(&mut self.content).scopes = scopes;
        Ok(self)
    }

    /// Returns the subject (`sub`).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.content.registered.string(StringClaim::Subject)
    }

    /// Returns the issuer (`iss`).
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.content.registered.string(StringClaim::Issuer)
    }

    /// Returns the id of the client that the token was issued to: `client_id`, or another claim if the
    /// `TokenProfile` names one.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.content.registered.string(StringClaim::ClientId)
    }

    /// Returns the id of the token (`jti`).
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.content.registered.string(StringClaim::Id)
    }

    /// Returns the expiration time (`exp`).
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.content.registered.expires_at
    }

    /// Completes when the token expires (`exp`), to end a connection that outlives its request. Without `exp`, it never
    /// completes.
    ///
    /// The system clock decides. It is read again at least every 60 s, so a change of the clock and a suspended machine count.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use axum::response::Sse;
    /// use axum::response::sse::Event;
    /// use futures_util::{Stream, StreamExt as _};
    /// use scopes_runtime::{AccessToken, requires_scopes};
    ///
    /// # fn news() -> impl Stream<Item = Result<Event, Infallible>> { futures_util::stream::empty() }
    /// #[requires_scopes]
    /// async fn follow(token: AccessToken) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    ///     Sse::new(news().take_until(token.expired()))
    /// }
    /// # fn main() {}
    /// ```
    pub fn expired(&self) -> impl Future<Output = ()> + Send + use<> {
        let expires_at = self.expires_at();
        async move {
            let Some(expires_at) = expires_at else { return pending().await };
            while let Ok(rest) = expires_at.duration_since(SystemTime::now()) {
                tokio::time::sleep(rest.min(MAX_SLEEP) + Duration::from_millis(1)).await;
            }
        }
    }

    /// Returns how the user authenticated: the authentication context class (`acr`, RFC 9068 section 2.2.1).
    #[must_use]
    pub fn acr(&self) -> Option<&str> {
        self.content.registered.string(StringClaim::Acr)
    }

    /// Returns when the user authenticated (`auth_time`, RFC 9068 section 2.2.1).
    #[must_use]
    pub fn authenticated_at(&self) -> Option<SystemTime> {
        self.content.registered.authenticated_at
    }

    /// Returns the granted scopes.
    #[must_use]
    pub fn scopes(&self) -> &GrantedScopes {
        &self.content.scopes
    }

    /// Deserializes the claims. Each call parses their JSON text, so keep the result.
    ///
    /// ```
    /// # use scopes_runtime::AccessToken;
    /// #[derive(serde::Deserialize)]
    /// struct Tenant {
    ///     tenant: String,
    /// }
    ///
    /// # fn f(token: AccessToken) -> Result<(), serde_json::Error> {
    /// let Tenant { tenant } = token.claims()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`serde_json::Error`] if the claims do not have the shape of `T`.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.content.claims.parse()
    }

    /// Records the server that accepted the token, and for which operation. `is_declared` states whether a handler's attribute
    /// declares the operation.
    pub(crate) fn with_server(
        mut self,
        server_config: Arc<dyn Any + Send + Sync>,
        required: Requirements,
        is_declared: bool,
    ) -> Self {
        self.server_config = Some(server_config);
        self.required = required;
        self.is_declared = is_declared;
        self
    }

    /// Returns whether the handler's attribute declares the requirement. Without an attribute nothing has to be declared.
    pub(crate) fn declares(&self, requirement: &Requirement) -> bool {
        !self.is_declared || self.required.names_all_of(requirement)
    }

    /// Returns how and when the user authenticated.
    pub(crate) fn authenticated(&self) -> Authenticated<'_> {
        Authenticated { acr: self.acr(), at: self.authenticated_at() }
    }

    /// Returns what the token is bound to (`cnf`). Only a server that has checked the sender may accept a bound token.
    pub(crate) fn confirmation(&self) -> Option<&Confirmation> {
        self.content.registered.confirmation.as_deref()
    }

    /// Returns the configuration of the server that accepted the token, if it has this type.
    pub(crate) fn server_config<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.server_config.clone()?.downcast().ok()
    }

    /// Returns the requirements of the operation that the token was accepted for.
    pub(crate) fn required(&self) -> &Requirements {
        &self.required
    }
}

/// Refuses more than [`MAX_SCOPES`] scopes.
pub(super) fn check_scope_count(scopes: &GrantedScopes) -> Result<(), DecodeError> {
    if scopes.are_too_many() {
        return Err(DecodeError::invalid(format!("the token has more than {MAX_SCOPES} scopes")));
    }
    Ok(())
}

/// Omits the claims, which may be personal data.
impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccessToken")
            .field("issuer", &self.issuer())
            .field("client_id", &self.client_id())
            .field("scopes", self.scopes())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}
