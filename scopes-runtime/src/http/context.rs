//! Stores the operation and the decoded token of a request in its extensions.

use std::any::TypeId;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::request::Parts;
use axum::http::{Extensions, HeaderValue};

use super::authentication_schemes::Scheme;
use super::bearer::{AuthorizationHeader, Credentials, HeaderError, OtherCredentials};
use super::path_values::PathValues;
#[cfg(feature = "bound-tokens")]
use super::sender::SenderEvidence;
use super::server_config::{Server, ServerConfig};
#[cfg(feature = "metrics")]
use super::telemetry;
use crate::scope::Requirements;
#[cfg(feature = "bound-tokens")]
use crate::token::DpopRefusal;
use crate::token::{AccessToken, DecodeError};

/// The request extension. All in one type, so that a request costs one allocation.
#[derive(Clone, Default)]
pub(super) struct AuthContext {
    /// What the operation requires that is being served.
    pub(super) required: Option<Requirements>,
    /// The handler of the operation, by its hidden type.
    pub(super) handler: Option<TypeId>,
    authorized_path: AuthorizedPath,
    /// Whether a layer of a `ScopedRouter` has the request, so that the check of the operation follows.
    is_before_check: bool,
    /// The server whose refusal of the token a layer has left to the check.
    refused_by: Option<Arc<ServerConfig>>,
    stored: Option<StoredOutcome>,
}

/// The paths for which the outcome satisfies the operation.
#[derive(Clone, Default, PartialEq)]
pub(super) enum AuthorizedPath {
    #[default]
    None,
    /// The scopes of the operation have no parameters.
    Any,
    /// The path with these values.
    With(PathValues),
}

/// How long an outcome is reused. An application may keep a request's extensions, and dispatch another request with them.
const MAX_AGE: Duration = Duration::from_secs(5);

/// The outcome for the credentials of a request, at one server.
#[derive(Clone)]
pub(super) struct StoredOutcome {
    decoded_at: SystemTime,
    server: Arc<ServerConfig>,
    header: AuthorizationHeader<HeaderValue>,
    #[cfg(feature = "bound-tokens")]
    sender: Option<SenderEvidence>,
    outcome: TokenOutcome,
}

/// The result of reading and decoding the credentials of a request.
#[derive(Clone)]
pub(super) enum TokenOutcome {
    Missing(Option<OtherCredentials>),
    Malformed(Scheme, HeaderError),
    Valid(AccessToken),
    Rejected(Arc<DecodeError>),
    /// A token with the scheme `DPoP`, or its proof, was rejected.
    #[cfg(feature = "bound-tokens")]
    RejectedDpop(Arc<DpopRefusal>),
}

impl AuthContext {
    /// Creates the context of a request that a handler's guard has checked first.
    pub(super) fn new(
        required: Requirements,
        handler: TypeId,
        authorized_path: AuthorizedPath,
        stored: StoredOutcome,
    ) -> Self {
        let (required, handler, stored) = (Some(required), Some(handler), Some(stored));
        Self { required, handler, authorized_path, is_before_check: false, refused_by: None, stored }
    }

    /// Returns whether a layer or an earlier check has stored a context.
    pub(super) fn is_stored(parts: &Parts) -> bool {
        parts.extensions.get::<Self>().is_some()
    }

    /// Returns the requirements of the current operation, if `handler` is its handler.
    pub(super) fn required_by(parts: &Parts, handler: TypeId) -> Option<Requirements> {
        Self::of_handler(parts, handler).and_then(|context| context.required.clone())
    }

    /// Returns the context, if its operation has this handler.
    fn of_handler(parts: &Parts, handler: TypeId) -> Option<&Self> {
        parts.extensions.get::<Self>().filter(|context| context.handler == Some(handler))
    }

    /// Sets the operation that is being served.
    pub(super) fn begin_operation(&mut self, required: Requirements, handler: Option<TypeId>) {
        (self.required, self.handler, self.is_before_check) = (Some(required), handler, false);
        self.authorized_path = AuthorizedPath::None;
    }

    /// Records that the outcome satisfies the operation.
    pub(super) fn set_authorized(&mut self, path: AuthorizedPath) {
        self.authorized_path = path;
    }

    /// Returns whether the server has authorized the request for the handler, with the credentials that it has now and, if
    /// scopes have parameters, the values of its path now. An application may dispatch a request with the extensions of
    /// another path.
    pub(super) fn is_authorized(parts: &mut Parts, server: &Server, handler: TypeId) -> bool {
        let is_for_path = match Self::of_handler(parts, handler).map(|context| &context.authorized_path) {
            None | Some(AuthorizedPath::None) => false,
            Some(AuthorizedPath::Any) => true,
            Some(AuthorizedPath::With(_)) => {
                let path = PathValues::of(parts).map(AuthorizedPath::With);
                let context = parts.extensions.get::<Self>();
                path.is_some_and(|path| context.is_some_and(|context| context.authorized_path == path))
            }
        };
        is_for_path && Self::has_outcome(parts, server)
    }

    /// Rejects the credentials if another server has refused a token in a layer. The layer took the request for one without a
    /// token, so no other token may count now.
    pub(super) fn reject_if_refused_by_other(&mut self, server: &Arc<ServerConfig>) {
        if self.refused_by.as_ref().is_some_and(|other| !Arc::ptr_eq(other, server))
            && let Some(stored) = &mut self.stored
        {
            let error = DecodeError::invalid("another server refused the token in a layer");
            stored.outcome = TokenOutcome::Rejected(Arc::new(error));
        }
    }

    /// Leaves the refusal of the credentials to the check of the operation, if a layer has the request and they are invalid.
    pub(super) fn leave_to_check(&mut self, server: &Arc<ServerConfig>) -> bool {
        let is_invalid = match self.outcome() {
            TokenOutcome::Malformed(..) => true,
            TokenOutcome::Missing(_) | TokenOutcome::Valid(_) => false,
            rejected => rejected.is_decided(),
        };
        let is_left = self.is_before_check && is_invalid;
        if is_left {
            self.refused_by = Some(Arc::clone(server));
        }
        is_left
    }

    /// Returns the request's context with the outcome for its credentials. However often this is called, a token is decoded
    /// once a request.
    pub(super) async fn of<'a>(parts: &'a mut Parts, server: &Server) -> &'a mut Self {
        if !Self::finds_outcome(parts, server) {
            return Self::of_decoded(parts, server).await;
        }
        parts.extensions.get_or_insert_default()
    }

    /// Decodes the token of the request, after [`finds_outcome`](Self::finds_outcome) has returned `false`.
    pub(super) async fn of_decoded<'a>(parts: &'a mut Parts, server: &Server) -> &'a mut Self {
        // In a box, so that the futures of requests with a cached token, which are most, do not have the size of this one.
        let new = Box::pin(StoredOutcome::decoded(parts, server)).await;
        Self::store(parts, new)
    }

    /// Stores the outcome for the credentials, unless there is one to reuse. Returns `false` if the token has to be decoded
    /// first.
    pub(super) fn finds_outcome(parts: &mut Parts, server: &Server) -> bool {
        if Self::has_outcome(parts, server) {
            return true;
        }
        let new = StoredOutcome::immediate(parts, server);
        new.map(|new| Self::store(parts, new)).is_some()
    }

    /// Returns whether the request has an outcome to reuse. That of another server is not valid here: its issuer and audience
    /// differ. Neither is one for other credentials: a layer may have replaced the header since.
    fn has_outcome(parts: &Parts, server: &Server) -> bool {
        let stored = parts.extensions.get::<Self>().and_then(|context| context.stored.as_ref());
        stored.is_some_and(|stored| {
            Arc::ptr_eq(&stored.server, &server.config)
                && stored.header.is_still_in(&parts.headers)
                && stored.has_sender_of(parts)
                && stored.is_fresh(SystemTime::now())
        })
    }

    fn store(parts: &mut Parts, new: StoredOutcome) -> &mut Self {
        let context: &mut Self = parts.extensions.get_or_insert_default();
        (context.stored, context.authorized_path) = (Some(new), AuthorizedPath::None);
        context
    }

    /// Returns the outcome for the credentials of a request, after [`of`](Self::of).
    pub(super) fn outcome_of(parts: &Parts) -> &TokenOutcome {
        parts.extensions.get().map_or(&TokenOutcome::Missing(None), Self::outcome)
    }

    /// The outcome, after [`of`](Self::of).
    pub(super) fn outcome(&self) -> &TokenOutcome {
        self.stored.as_ref().map_or(&TokenOutcome::Missing(None), |stored| &stored.outcome)
    }
}

/// Records that layers run now, and that the router checks the operation after them.
pub(crate) fn begin_layers(extensions: &mut Extensions) {
    let context: &mut AuthContext = extensions.get_or_insert_default();
    context.is_before_check = true;
    end_operation(extensions);
}

/// Clears the operation of an earlier handler from the context, if there is one. The next guard then checks its own.
pub(crate) fn end_operation(extensions: &mut Extensions) {
    if let Some(context) = extensions.get_mut::<AuthContext>() {
        (context.required, context.handler) = (None, None);
        context.authorized_path = AuthorizedPath::None;
    }
}

/// Records that no check of an operation follows.
pub(crate) fn end_layers(extensions: &mut Extensions) {
    if let Some(context) = extensions.get_mut::<AuthContext>() {
        context.is_before_check = false;
    }
}

impl StoredOutcome {
    fn immediate(parts: &Parts, server: &Server) -> Option<Self> {
        let header = AuthorizationHeader::of(&parts.headers);
        let outcome = TokenOutcome::immediate(&header, parts, server)?;
        Some(Self::now(server, parts, header.cloned(), outcome))
    }

    async fn decoded(parts: &mut Parts, server: &Server) -> Self {
        let header = AuthorizationHeader::of(&parts.headers).cloned();
        let credentials = header.credentials(server.config.sender.accepts_dpop());
        let outcome = decoded(credentials, parts, server).await;
        Self::now(server, parts, header, outcome)
    }

    /// Creates the stored outcome, decoded now.
    #[cfg_attr(not(feature = "bound-tokens"), expect(unused_variables))]
    pub(super) fn now(
        server: &Server,
        parts: &Parts,
        header: AuthorizationHeader<HeaderValue>,
        outcome: TokenOutcome,
    ) -> Self {
        Self {
            decoded_at: SystemTime::now(),
            server: Arc::clone(&server.config),
            header,
            #[cfg(feature = "bound-tokens")]
            sender: server.config.sender.evidence(parts),
            outcome,
        }
    }

    /// Returns whether the request has the proof and the certificate that the outcome depends on.
    #[cfg_attr(not(feature = "bound-tokens"), expect(unused_variables))]
    fn has_sender_of(&self, parts: &Parts) -> bool {
        #[cfg(feature = "bound-tokens")]
        return self.sender == self.server.sender.evidence(parts);
        #[cfg(not(feature = "bound-tokens"))]
        true
    }

    /// Returns whether the outcome may be used again.
    fn is_fresh(&self, now: SystemTime) -> bool {
        let is_recent = now.duration_since(self.decoded_at).is_ok_and(|age| age < MAX_AGE);
        is_recent
            && match &self.outcome {
                TokenOutcome::Missing(_) | TokenOutcome::Malformed(..) => true,
                TokenOutcome::Valid(token) => token.expires_at().is_none_or(|end| now < end),
                rejected => rejected.is_decided(),
            }
    }
}

impl TokenOutcome {
    /// Returns the outcome for the header of a request, if that needs no decoding and no proof.
    pub(super) fn immediate(
        header: &AuthorizationHeader<&HeaderValue>,
        parts: &Parts,
        server: &Server,
    ) -> Option<Self> {
        let found = header.unproven_bearer_token().and_then(|token| server.decoder.cached_bytes(token));
        let is_looked_up = found.is_some();
        if let Some(token) = found.flatten() {
            return Some(outcome_as_bearer(counted(token), parts, server));
        }
        match header.credentials(server.config.sender.accepts_dpop()) {
            Credentials::Missing(other) => Some(Self::Missing(other)),
            Credentials::Malformed(scheme, error) => Some(Self::Malformed(scheme, error)),
            Credentials::Bearer(_) if is_looked_up => None,
            Credentials::Bearer(token) => Some(outcome_as_bearer(cached(token, server)?, parts, server)),
            Credentials::Dpop(_) => None,
        }
    }

    /// Returns the scheme of the credentials. Without any, that of most clients.
    pub(super) fn scheme(&self) -> Scheme {
        match self {
            #[cfg(feature = "bound-tokens")]
            Self::RejectedDpop(_) => Scheme::Dpop,
            Self::Valid(token) => Scheme::of(token),
            Self::Malformed(scheme, _) => *scheme,
            Self::Rejected(_) | Self::Missing(_) => Scheme::Bearer,
        }
    }

    /// Returns the token, if it is valid.
    pub(super) fn token(&self) -> Option<&AccessToken> {
        if let Self::Valid(token) = self { Some(token) } else { None }
    }

    /// Returns why there is no valid token, for the log.
    pub(super) fn cause(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Missing(other) => other.as_ref().map(|other| other as &dyn Error),
            Self::Malformed(_, error) => Some(error),
            Self::Valid(_) => None,
            Self::Rejected(error) => Some(&**error),
            #[cfg(feature = "bound-tokens")]
            Self::RejectedDpop(refusal) => Some(&**refusal),
        }
    }

    /// Returns whether the credentials were rejected for a reason that does not change.
    fn is_decided(&self) -> bool {
        match self {
            Self::Rejected(error) => matches!(**error, DecodeError::Invalid(_)),
            #[cfg(feature = "bound-tokens")]
            Self::RejectedDpop(refusal) => {
                !matches!(**refusal, DpopRefusal::Token(DecodeError::Unavailable { .. }))
            }
            Self::Missing(_) | Self::Malformed(..) | Self::Valid(_) => true,
        }
    }
}

fn cached(token: &str, server: &Server) -> Option<AccessToken> {
    server.decoder.cached(token).map(counted)
}

/// Counts a cached token.
fn counted(token: AccessToken) -> AccessToken {
    #[cfg(feature = "metrics")]
    telemetry::count_token("cached");
    token
}

async fn decoded(credentials: Credentials<'_>, parts: &mut Parts, server: &Server) -> TokenOutcome {
    match credentials {
        Credentials::Missing(other) => TokenOutcome::Missing(other),
        Credentials::Malformed(scheme, error) => TokenOutcome::Malformed(scheme, error),
        Credentials::Bearer(token) => match decoded_token(token, server).await {
            Ok(token) => outcome_as_bearer(token, parts, server),
            Err(error) => TokenOutcome::Rejected(Arc::new(error)),
        },
        #[cfg(feature = "bound-tokens")]
        Credentials::Dpop(text) => {
            let token = match cached(text, server) {
                Some(token) => Ok(token),
                None => decoded_token(text, server).await,
            };
            let checked = match token {
                Ok(token) => server.config.sender.check_dpop(&token, text, parts).await.map(|()| token),
                Err(error) => Err(error.into()),
            };
            checked.map_or_else(|refusal| TokenOutcome::RejectedDpop(Arc::new(refusal)), TokenOutcome::Valid)
        }
        #[cfg(not(feature = "bound-tokens"))]
        Credentials::Dpop(_) => TokenOutcome::Missing(None),
    }
}

async fn decoded_token(token: &str, server: &Server) -> Result<AccessToken, DecodeError> {
    let decoded = server.decoder.decode(token).await;
    #[cfg(feature = "metrics")]
    telemetry::count_token(match &decoded {
        Ok(_) => "valid",
        Err(DecodeError::Invalid(_)) => "invalid",
        Err(DecodeError::Unavailable { .. }) => "unavailable",
    });
    decoded
}

/// Returns the outcome for a decoded token with the scheme `Bearer`: rejected if the token needs a proof.
fn outcome_as_bearer(token: AccessToken, parts: &Parts, server: &Server) -> TokenOutcome {
    match server.config.sender.check_bearer(&token, parts) {
        Ok(()) => TokenOutcome::Valid(token),
        Err(error) => TokenOutcome::Rejected(Arc::new(error)),
    }
}
