use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::DecodeError;
#[cfg(feature = "_jwt")]
use super::cache::claims_size;
use crate::scope::{Authenticated, GrantedScopes, MAX_SCOPES, Requirement, Requirements};

/// A verified access token: who may do what, until when.
///
/// As an axum extractor it insists on a valid token and tells handlers so; `Option<AccessToken>` accepts a request
/// without one, but never one with a bad one. Clones share their content.
///
/// ```
/// use scopes_runtime::{AccessToken, requires_scopes};
///
/// #[requires_scopes]
/// async fn whoami(token: AccessToken) -> String {
///     token.subject().unwrap_or("nobody in particular").to_owned()
/// }
/// ```
#[derive(Clone)]
pub struct AccessToken {
    verified: Arc<Verified>,
    /// The configuration of the server that accepted the token, as a type of another module: this one knows no HTTP.
    acceptor: Option<Arc<dyn Any + Send + Sync>>,
    /// What the operation requires that the token was accepted for.
    operation: Requirements,
}

struct Verified {
    claims: Map<String, Value>,
    scopes: GrantedScopes,
    /// The claim that names the client.
    client: &'static str,
    expires_at: Option<SystemTime>,
    authenticated_at: Option<SystemTime>,
}

impl AccessToken {
    /// A token from claims that a [`TokenDecoder`](crate::TokenDecoder) has verified.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] where `iss`, `sub`, `client_id`, `jti` or `acr` is not a string, or `exp` or `auth_time` not
    /// a moment in time (RFC 7519 section 4.1, RFC 9068 section 2.2), or where there are more than 1024 different scopes.
    pub fn new(claims: Map<String, Value>, scopes: GrantedScopes) -> Result<Self, DecodeError> {
        Self::of_client(claims, scopes, "client_id")
    }

    /// The same where another claim names the client.
    pub(super) fn of_client(
        claims: Map<String, Value>,
        scopes: GrantedScopes,
        client: &'static str,
    ) -> Result<Self, DecodeError> {
        for name in ["iss", "sub", client, "jti", "acr"] {
            if claims.get(name).is_some_and(|claim| !claim.is_string()) {
                return Err(DecodeError::invalid(format!("the claim `{name}` is not a string")));
            }
        }
        check_count(&scopes)?;
        let moment_of = |name| claims.get(name).map(|claim| moment(name, claim)).transpose();
        let (expires_at, authenticated_at) = (moment_of("exp")?, moment_of("auth_time")?);
        let verified = Verified { claims, scopes, client, expires_at, authenticated_at };
        Ok(Self {
            verified: Arc::new(verified),
            acceptor: None,
            operation: Requirement::AUTHENTICATED.into(),
        })
    }

    /// Whom the token speaks for: the `sub` claim.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// Who issued the token: the `iss` claim.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// The client that the token was issued to: the `client_id` claim, or whichever stands for it at its issuer.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.text(self.verified.client)
    }

    /// Which token it is, of its issuer's: the `jti` claim.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.text("jti")
    }

    /// When the token ends: the `exp` claim.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.verified.expires_at
    }

    /// How the user has logged in: the `acr` claim, an authentication context class (RFC 9068 section 2.2.1).
    #[must_use]
    pub fn acr(&self) -> Option<&str> {
        self.text("acr")
    }

    /// When the user has logged in: the `auth_time` claim (RFC 9068 section 2.2.1).
    #[must_use]
    pub fn authenticated_at(&self) -> Option<SystemTime> {
        self.verified.authenticated_at
    }

    /// The scopes that the token was granted.
    #[must_use]
    pub fn scopes(&self) -> &GrantedScopes {
        &self.verified.scopes
    }

    /// The claims as a type of your own.
    ///
    /// # Errors
    ///
    /// The claims do not have that type's shape.
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
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.verified.claims)
    }

    pub(crate) fn accepted_by(
        mut self,
        acceptor: Arc<dyn Any + Send + Sync>,
        operation: Requirements,
    ) -> Self {
        self.acceptor = Some(acceptor);
        self.operation = operation;
        self
    }

    pub(crate) fn authenticated(&self) -> Authenticated<'_> {
        Authenticated { acr: self.acr(), at: self.authenticated_at() }
    }

    pub(crate) fn acceptor<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.acceptor.clone()?.downcast().ok()
    }

    /// What it takes in memory, in bytes: roughly, and shared by its clones.
    #[cfg(feature = "_jwt")]
    pub(super) fn size(&self) -> usize {
        claims_size(&self.verified.claims) + self.verified.scopes.size()
    }

    pub(crate) fn operation(&self) -> &Requirements {
        &self.operation
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.verified.claims.get(claim)?.as_str()
    }
}

/// The scopes of a token are at most [`MAX_SCOPES`].
pub(super) fn check_count(scopes: &GrantedScopes) -> Result<(), DecodeError> {
    if scopes.are_too_many() {
        return Err(DecodeError::invalid(format!("the token has more than {MAX_SCOPES} scopes")));
    }
    Ok(())
}

/// A NumericDate (RFC 7519 section 2) as a point in time.
pub(super) fn moment(name: &str, claim: &Value) -> Result<SystemTime, DecodeError> {
    let seconds = claim.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds))
        .ok_or_else(|| DecodeError::invalid(format!("the claim `{name}` is not a moment in time")))
}

/// Who and what for; the claims may be private.
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
