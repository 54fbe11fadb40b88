use std::fmt;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::bearer::{self, Credentials};
use super::findings::{Decision, Decoded, Findings, Lines};
use super::{AuthError, Challenge, ResourceMetadata, observed};
use crate::scope::{GrantedScopes, Requirement, Requirements};
use crate::token::{AccessToken, DecodeError, Protection, TokenDecoder};

/// The API that access tokens are for: how it decodes them, and how it speaks of itself when it refuses one.
///
/// The router's state provides it, so that no route can be built without one; clones share their content.
///
/// # What operators see
///
/// Each refusal is an event of the target `scopes_runtime::refused` ([`tracing`](https://docs.rs/tracing)), at `DEBUG` where
/// there is no token, at `WARN` where none can be checked, else at `INFO`. Its fields, where they are known:
///
/// | field | what it says |
/// | --- | --- |
/// | `reason` | `missing_token`, `unavailable`, or the error code of the answer |
/// | `required` | the scopes, every alternative |
/// | `missing` | what the cheapest alternative has that the token has not |
/// | `issuer`, `client_id`, `acr` | claims of the token |
/// | `jti_hash` | of the token's `jti`: 64 bits of SHA-256 (`printf %s "$jti" \| sha256sum \| cut -c 1-16`) |
/// | `cause` | why the token was not decoded |
///
/// Scopes that a decoder drops ([`may_grant`](crate::JwtDecoderBuilder::may_grant)) are an event of the target
/// `scopes_runtime::dropped` at `DEBUG`, once for each token that is decoded and not for cached ones. Its fields are `issuer`
/// as configured, `count`, and `scopes`: the dropped ones, cut to 256 bytes.
///
/// With the feature `metrics`, counters go to the recorder of the [`metrics`](https://docs.rs/metrics) facade:
///
/// | counter | label | what is counted |
/// | --- | --- | --- |
/// | `scopes_refusals_total` | `reason`, as above | refusals |
/// | `scopes_admissions_total` | | requests that went on to a handler with `#[requires_scopes]` |
/// | `scopes_tokens_total` | `outcome`: `remembered`, `valid`, `invalid`, `unavailable` | tokens that came with requests |
/// | `scopes_dropped_total` | `issuer`, as configured (introspection without one: the endpoint) | scopes that were dropped, of each token that is decoded |
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
        let realm = Protection::default().realm.into();
        ResourceServerBuilder { decoder: Arc::new(decoder), realm, names_scopes: true, metadata: None }
    }

    /// Lets a request go on to the operation if its token satisfies what that requires, which is known from here on.
    pub(super) async fn admit(&self, parts: &mut Parts, operation: Requirements) -> Result<(), AuthError> {
        let (serving, decoded) = self.find_out(parts).await;
        self.judge(decoded, serving.insert(operation), None)?;
        #[cfg(feature = "metrics")]
        observed::admitted();
        Ok(())
    }

    /// The request's token, if it satisfies what a part of the operation requires.
    pub(super) async fn authorize(
        &self,
        parts: &mut Parts,
        part: Requirement,
    ) -> Result<AccessToken, AuthError> {
        let (serving, decoded) = self.find_out(parts).await;
        self.accept(serving.as_ref(), decoded, part)
    }

    /// The request's token, if it has any; a bad one is no better than for [`authorize`](Self::authorize).
    pub(super) async fn authorize_if_any(&self, parts: &mut Parts) -> Result<Option<AccessToken>, AuthError> {
        match self.find_out(parts).await {
            (_, Decoded::Absent) => Ok(None),
            (serving, decoded) => {
                self.accept(serving.as_ref(), decoded, Requirement::AUTHENTICATED).map(Some)
            }
        }
    }

    fn accept(
        &self,
        serving: Option<&Requirements>,
        decoded: &Decoded,
        part: Requirement,
    ) -> Result<AccessToken, AuthError> {
        let operation = serving.cloned().unwrap_or_else(|| part.into());
        let token = self.judge(decoded, &operation, Some(part))?.clone();
        Ok(token.accepted(&self.protection, operation))
    }

    fn judge<'a>(
        &self,
        decoded: &'a Decoded,
        operation: &Requirements,
        part: Option<Requirement>,
    ) -> Result<&'a AccessToken, AuthError> {
        let of_part = part.map(Requirements::from);
        let required = of_part.as_ref().unwrap_or(operation);
        let challenge = |granted: GrantedScopes| Challenge {
            protection: Arc::clone(&self.protection),
            operation: operation.clone(),
            part,
            granted,
        };
        let anonymous = || challenge(GrantedScopes::default());
        let (error, token, cause) = match decoded {
            Decoded::Token(token) => match AuthError::of_token(required, token) {
                None => return Ok(token),
                Some(insufficient) => (insufficient(challenge(token.scopes().clone())), Some(token), None),
            },
            Decoded::Absent => (AuthError::MissingToken(anonymous()), None, None),
            Decoded::Malformed => (AuthError::MalformedHeader(anonymous()), None, None),
            Decoded::Undecoded(cause) => match &**cause {
                DecodeError::Invalid(_) => (AuthError::InvalidToken(anonymous()), None, Some(&**cause)),
                DecodeError::Unavailable { retry_after, .. } => {
                    (AuthError::Unavailable { retry_after: *retry_after }, None, Some(&**cause))
                }
            },
        };
        observed::refused(&error, required, token, cause);
        Err(error)
    }

    /// What there is to know of the request: the operation, once that is known, and the token. However often this is asked, a
    /// token is decoded once a request.
    async fn find_out<'a>(&self, parts: &'a mut Parts) -> (&'a mut Option<Requirements>, &'a Decoded) {
        let known = parts.extensions.get::<Findings>().and_then(|findings| findings.decision.as_ref());
        // Another server's decision is not ours: its issuer and audience are not. Nor is one on other credentials,
        // which a layer may have put there since.
        let is_known = known.is_some_and(|it| {
            Arc::ptr_eq(&it.server, &self.protection) && it.credentials.are_those_of(&parts.headers)
        });
        let new = if is_known { None } else { Some(self.decide(&parts.headers).await) };
        let Findings { operation, decision } = parts.extensions.get_or_insert_default();
        if new.is_some() {
            *decision = new;
        }
        (operation, &decision.as_ref().expect("it was known, or is now").decoded)
    }

    async fn decide(&self, headers: &HeaderMap) -> Decision {
        let credentials = Lines::of(headers);
        let decoded = match bearer::credentials(credentials.as_slice()) {
            Credentials::Absent => Decoded::Absent,
            Credentials::Malformed => Decoded::Malformed,
            Credentials::Bearer(token) => self.decode(token).await,
        };
        Decision { server: Arc::clone(&self.protection), credentials, decoded }
    }

    async fn decode(&self, token: &str) -> Decoded {
        if let Some(token) = self.decoder.recall(token) {
            #[cfg(feature = "metrics")]
            observed::decoded("remembered");
            return Decoded::Token(token);
        }
        if !bearer::is_token68(token) {
            return Decoded::Malformed;
        }
        let decoded = self.decoder.decode(token).await;
        #[cfg(feature = "metrics")]
        observed::decoded(match &decoded {
            Ok(_) => "valid",
            Err(DecodeError::Invalid(_)) => "invalid",
            Err(DecodeError::Unavailable { .. }) => "unavailable",
        });
        decoded.map_or_else(|error| Decoded::Undecoded(Arc::new(error)), Decoded::Token)
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
        let protection = Protection::new(realm.into(), names_scopes, metadata);
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
