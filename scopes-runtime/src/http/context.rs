//! Stores the operation and the decoded token of a request in its extensions.

use std::any::TypeId;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use super::bearer::{AuthorizationHeader, Credentials};
use super::server_config::ServerConfig;
#[cfg(feature = "metrics")]
use super::telemetry;
use crate::scope::Requirements;
use crate::token::{AccessToken, DecodeError, TokenDecoder};

/// The request extension. All in one type, so that a request costs one allocation.
#[derive(Clone, Default)]
pub(super) struct AuthContext {
    /// What the operation requires that is being served.
    pub(super) required: Option<Requirements>,
    /// The handler of the operation, by its hidden type.
    pub(super) handler: Option<TypeId>,
    /// Whether the outcome satisfies the operation.
    is_authorized: bool,
    /// Whether a layer of a `ScopedRouter` has the request, so that the check of the operation follows.
    is_before_check: bool,
    /// The server whose refusal of the token a layer has left to the check.
    refused_by: Option<Arc<ServerConfig>>,
    stored: Option<StoredOutcome>,
}

/// How long an outcome is reused. An application may keep a request's extensions, and dispatch another request with them.
const MAX_AGE: Duration = Duration::from_secs(5);

/// The outcome for the credentials of a request, at one server.
#[derive(Clone)]
struct StoredOutcome {
    decoded_at: SystemTime,
    server: Arc<ServerConfig>,
    header: AuthorizationHeader,
    outcome: TokenOutcome,
}

/// The result of reading and decoding the credentials of a request.
#[derive(Clone)]
pub(super) enum TokenOutcome {
    Missing,
    Malformed,
    Valid(AccessToken),
    Rejected(Arc<DecodeError>),
}

/// The parts of a resource server that decoding needs. Two are the same server if they share `config`.
#[derive(Clone, Copy)]
pub(super) struct Server<'a> {
    pub(super) decoder: &'a dyn TokenDecoder,
    pub(super) config: &'a Arc<ServerConfig>,
}

impl AuthContext {
    /// Sets the operation that is being served.
    pub(super) fn begin_operation(&mut self, required: Requirements, handler: Option<TypeId>) {
        (self.required, self.handler, self.is_before_check) = (Some(required), handler, false);
        self.is_authorized = false;
    }

    /// Records that the outcome satisfies the operation.
    pub(super) fn set_authorized(&mut self) {
        self.is_authorized = true;
    }

    /// Returns whether the server has authorized the request for the handler, with the credentials that it has now.
    pub(super) fn is_authorized(parts: &Parts, server: Server<'_>, handler: TypeId) -> bool {
        let context = parts.extensions.get::<Self>();
        let is_authorized =
            context.is_some_and(|context| context.is_authorized && context.handler == Some(handler));
        is_authorized && Self::has_outcome(parts, server)
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
            TokenOutcome::Malformed => true,
            TokenOutcome::Rejected(error) => matches!(**error, DecodeError::Invalid(_)),
            TokenOutcome::Missing | TokenOutcome::Valid(_) => false,
        };
        let is_left = self.is_before_check && is_invalid;
        if is_left {
            self.refused_by = Some(Arc::clone(server));
        }
        is_left
    }

    /// Returns the request's context with the outcome for its credentials. However often this is called, a token is decoded
    /// once a request.
    pub(super) async fn of<'a>(parts: &'a mut Parts, server: Server<'_>) -> &'a mut Self {
        let has_outcome = Self::has_outcome(parts, server);
        let new = if has_outcome { None } else { Some(StoredOutcome::new(&parts.headers, server).await) };
        Self::with_outcome(parts, new)
    }

    /// Like [`of`](Self::of), but `None` if the token has to be decoded first.
    pub(super) fn of_immediate<'a>(parts: &'a mut Parts, server: Server<'_>) -> Option<&'a mut Self> {
        if Self::has_outcome(parts, server) {
            return Some(Self::with_outcome(parts, None));
        }
        let header = AuthorizationHeader::of(&parts.headers);
        let outcome = outcome_without_decoding(&header, server).ok()?;
        Some(Self::with_outcome(parts, Some(StoredOutcome::now(server, header, outcome))))
    }

    /// Returns whether the request has an outcome to reuse. That of another server is not valid here: its issuer and audience
    /// differ. Neither is one for other credentials: a layer may have replaced the header since.
    fn has_outcome(parts: &Parts, server: Server<'_>) -> bool {
        let stored = parts.extensions.get::<Self>().and_then(|context| context.stored.as_ref());
        stored.is_some_and(|stored| {
            Arc::ptr_eq(&stored.server, server.config)
                && stored.header.is_that_of(&parts.headers)
                && stored.is_fresh(SystemTime::now())
        })
    }

    fn with_outcome(parts: &mut Parts, new: Option<StoredOutcome>) -> &mut Self {
        let context: &mut Self = parts.extensions.get_or_insert_default();
        if new.is_some() {
            (context.stored, context.is_authorized) = (new, false);
        }
        context
    }

    /// The outcome, after [`of`](Self::of).
    pub(super) fn outcome(&self) -> &TokenOutcome {
        self.stored.as_ref().map_or(&TokenOutcome::Missing, |stored| &stored.outcome)
    }
}

/// Records that layers run now, and that the router checks the operation after them.
pub(crate) fn begin_layers(extensions: &mut Extensions) {
    let context: &mut AuthContext = extensions.get_or_insert_default();
    (context.required, context.handler, context.is_before_check) = (None, None, true);
    context.is_authorized = false;
}

/// Records that no check of an operation follows.
pub(crate) fn end_layers(extensions: &mut Extensions) {
    if let Some(context) = extensions.get_mut::<AuthContext>() {
        context.is_before_check = false;
    }
}

impl StoredOutcome {
    async fn new(headers: &HeaderMap, server: Server<'_>) -> Self {
        let header = AuthorizationHeader::of(headers);
        let outcome = match outcome_without_decoding(&header, server) {
            Ok(outcome) => outcome,
            Err(token) => decoded(token, server).await,
        };
        Self::now(server, header, outcome)
    }

    fn now(server: Server<'_>, header: AuthorizationHeader, outcome: TokenOutcome) -> Self {
        Self { decoded_at: SystemTime::now(), server: Arc::clone(server.config), header, outcome }
    }

    /// Returns whether the outcome may be used again.
    fn is_fresh(&self, now: SystemTime) -> bool {
        let is_recent = now.duration_since(self.decoded_at).is_ok_and(|age| age < MAX_AGE);
        is_recent
            && match &self.outcome {
                TokenOutcome::Missing | TokenOutcome::Malformed => true,
                TokenOutcome::Valid(token) => token.expires_at().is_none_or(|end| now < end),
                TokenOutcome::Rejected(error) => matches!(**error, DecodeError::Invalid(_)),
            }
    }
}

/// Returns the outcome that needs no decoding, or the token to decode.
fn outcome_without_decoding<'a>(
    header: &'a AuthorizationHeader,
    server: Server<'_>,
) -> Result<TokenOutcome, &'a str> {
    match header.credentials() {
        Credentials::Missing => Ok(TokenOutcome::Missing),
        Credentials::Malformed => Ok(TokenOutcome::Malformed),
        Credentials::Bearer(token) => match server.decoder.cached(token) {
            Some(token) => {
                #[cfg(feature = "metrics")]
                telemetry::count_token("cached");
                Ok(TokenOutcome::Valid(token))
            }
            None => Err(token),
        },
    }
}

async fn decoded(token: &str, server: Server<'_>) -> TokenOutcome {
    let decoded = server.decoder.decode(token).await;
    #[cfg(feature = "metrics")]
    telemetry::count_token(match &decoded {
        Ok(_) => "valid",
        Err(DecodeError::Invalid(_)) => "invalid",
        Err(DecodeError::Unavailable { .. }) => "unavailable",
    });
    decoded.map_or_else(|error| TokenOutcome::Rejected(Arc::new(error)), TokenOutcome::Valid)
}
