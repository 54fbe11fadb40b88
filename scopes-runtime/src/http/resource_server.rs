use std::fmt;
use std::sync::Arc;

use axum::http::request::Parts;

use super::bearer::{self, Credentials};
use super::findings::{Decision, Decoded, Findings, Lines};
use super::{AuthError, Challenge, ResourceMetadata};
use crate::scope::{GrantedScopes, Requirements};
use crate::token::{AccessToken, DecodeError, Protection, TokenDecoder};

/// The API that access tokens are for: how it decodes them, and how it speaks of itself when it refuses one.
///
/// The router's state provides it, so that no route can be built without one; clones share their content.
///
/// ```
/// use axum::extract::FromRef;
/// use scopes_runtime::ResourceServer;
///
/// #[derive(Clone)]
/// struct AppState {
///     resource_server: ResourceServer,
/// }
///
/// impl FromRef<AppState> for ResourceServer {
///     fn from_ref(state: &AppState) -> Self {
///         state.resource_server.clone()
///     }
/// }
/// ```
#[derive(Clone)]
pub struct ResourceServer {
    decoder: Arc<dyn TokenDecoder>,
    protection: Arc<Protection>,
}

/// Builds a [`ResourceServer`] that says more of itself than its realm `api`.
#[derive(Clone)]
pub struct ResourceServerBuilder {
    decoder: Arc<dyn TokenDecoder>,
    realm: String,
    names_scopes: bool,
    metadata: Option<Box<str>>,
}

/// A realm with a character that RFC 6750 section 3 does not allow in a challenge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the realm {0:?} has a character that no challenge can carry; use visible ASCII without `\"` and `\\`"
)]
pub struct InvalidRealm(String);

impl ResourceServer {
    /// A server with the realm `api` that names the required scopes when it refuses.
    pub fn new(decoder: impl TokenDecoder) -> Self {
        Self { decoder: Arc::new(decoder), protection: Arc::default() }
    }

    /// A server whose realm or answers differ from [`ResourceServer::new`]'s.
    ///
    /// ```
    /// # use scopes_runtime::{InvalidRealm, ResourceServer, TokenDecoder};
    /// # fn f(decoder: impl TokenDecoder) -> Result<ResourceServer, InvalidRealm> {
    /// ResourceServer::builder(decoder).realm("items API").build()
    /// # }
    /// ```
    pub fn builder(decoder: impl TokenDecoder) -> ResourceServerBuilder {
        let Protection { realm, names_scopes, metadata } = Protection::default();
        ResourceServerBuilder { decoder: Arc::new(decoder), realm: realm.into(), names_scopes, metadata }
    }

    /// The request's token, if it satisfies the requirement. However often this is asked, a token is decoded once a
    /// request.
    pub(super) async fn authorize(
        &self,
        parts: &mut Parts,
        required: Requirements,
    ) -> Result<AccessToken, AuthError> {
        let decoded = self.decoded(parts).await;
        let findings = parts.extensions.get::<Findings>();
        let operation = findings.and_then(|it| it.operation.clone()).unwrap_or_else(|| required.clone());
        let challenge = |granted: GrantedScopes| Challenge {
            protection: Arc::clone(&self.protection),
            requirements: match operation.is(&required) {
                true => required.iter().collect(),
                false => operation.iter().chain(required.iter()).collect(),
            },
            granted,
        };
        match decoded {
            Decoded::Token(token) if !required.is_met_by(token.scopes()) => {
                tracing::info!(required = %required, granted = %token.scopes(), "an access token lacks a scope");
                Err(AuthError::InsufficientScope(challenge(token.scopes().clone())))
            }
            Decoded::Token(token) if !required.accepts(token.authenticated()) => {
                tracing::info!(acr = ?token.acr(), "an access token needs another login of its user");
                Err(AuthError::InsufficientAuthentication(challenge(token.scopes().clone())))
            }
            Decoded::Token(token) => Ok(token.accepted(&self.protection, operation)),
            Decoded::Absent => Err(AuthError::MissingToken(challenge(GrantedScopes::default()))),
            Decoded::Malformed => Err(AuthError::MalformedHeader(challenge(GrantedScopes::default()))),
            Decoded::Invalid => Err(AuthError::InvalidToken(challenge(GrantedScopes::default()))),
            Decoded::Unavailable { retry_after } => Err(AuthError::Unavailable { retry_after }),
        }
    }

    async fn decoded(&self, parts: &mut Parts) -> Decoded {
        // Another server's decision is not ours: its issuer and audience are not. Nor is one on other credentials,
        // which a layer may have put there since.
        let same = |it: &&Decision| {
            Arc::ptr_eq(&it.server, &self.protection) && it.credentials.are_those_of(&parts.headers)
        };
        let findings = parts.extensions.get::<Findings>();
        if let Some(decision) = findings.and_then(|it| it.decision.as_ref()).filter(same) {
            return decision.decoded.clone();
        }
        let decoded = match bearer::credentials(&parts.headers) {
            Credentials::Absent => Decoded::Absent,
            Credentials::Malformed => Decoded::Malformed,
            Credentials::Bearer(token) => self.decode(token).await,
        };
        let credentials = Lines::of(&parts.headers);
        let decision =
            Decision { server: Arc::clone(&self.protection), credentials, decoded: decoded.clone() };
        parts.extensions.get_or_insert_default::<Findings>().decision = Some(decision);
        decoded
    }

    async fn decode(&self, token: &str) -> Decoded {
        if let Some(token) = self.decoder.recall(token) {
            return Decoded::Token(token);
        }
        if !bearer::is_token68(token) {
            return Decoded::Malformed;
        }
        match self.decoder.decode(token).await {
            Ok(token) => Decoded::Token(token),
            Err(DecodeError::Unavailable { retry_after, reason }) => {
                tracing::warn!(reason = ?reason.to_string(), "no access token can be checked now");
                Decoded::Unavailable { retry_after }
            }
            Err(DecodeError::Invalid(reason)) => {
                // Debug escapes what a decoder may have taken from the token.
                tracing::info!(reason = ?reason.to_string(), "an access token was refused");
                Decoded::Invalid
            }
        }
    }
}

impl ResourceServerBuilder {
    /// The protection space that challenges name (RFC 9110 section 11.5).
    #[must_use]
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = realm.into();
        self
    }

    /// Keeps scopes out of challenges and problem details, where their names are nobody's business.
    #[must_use]
    pub fn without_scopes_in_answers(mut self) -> Self {
        self.names_scopes = false;
        self
    }

    /// Names the metadata's URL in 401 and 403 answers (RFC 9728 section 5.1).
    #[must_use]
    pub fn metadata(mut self, metadata: &ResourceMetadata) -> Self {
        self.metadata = Some(metadata.url().into());
        self
    }

    /// The server.
    ///
    /// # Errors
    ///
    /// The realm has a character that RFC 6750 section 3 does not allow.
    pub fn build(self) -> Result<ResourceServer, InvalidRealm> {
        let allowed = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
        if !self.realm.bytes().all(allowed) {
            return Err(InvalidRealm(self.realm));
        }
        let Self { decoder, realm, names_scopes, metadata } = self;
        let protection = Protection { realm: realm.into(), names_scopes, metadata };
        Ok(ResourceServer { decoder, protection: Arc::new(protection) })
    }
}

impl fmt::Debug for ResourceServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResourceServer").field("protection", &self.protection).finish_non_exhaustive()
    }
}

impl fmt::Debug for ResourceServerBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResourceServerBuilder").field("realm", &self.realm).finish_non_exhaustive()
    }
}
