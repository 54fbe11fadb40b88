//! The outcome of reading and decoding the credentials of a request.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::HeaderValue;
use axum::http::request::Parts;

use super::authentication_schemes::Scheme;
use super::bearer::{AuthorizationHeader, Credentials, HeaderError, OtherCredentials};
#[cfg(feature = "bound-tokens")]
use super::sender::SenderEvidence;
use super::server_config::{Server, ServerConfig};
#[cfg(feature = "metrics")]
use super::telemetry;
#[cfg(feature = "bound-tokens")]
use crate::token::DpopRefusal;
use crate::token::{AccessToken, DecodeError};

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
    pub(super) outcome: TokenOutcome,
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

impl StoredOutcome {
    /// Returns the outcome for the credentials of a request. `None` if the token has to be decoded or a proof checked.
    pub(super) fn immediate(parts: &Parts, server: &Server) -> Option<Self> {
        let header = AuthorizationHeader::of(&parts.headers);
        let outcome = TokenOutcome::immediate(&header, parts, server)?;
        Some(Self::now(server, parts, header.cloned(), outcome))
    }

    /// Decodes the token of a request, and returns the outcome.
    pub(super) async fn decoded(parts: &mut Parts, server: &Server) -> Self {
        let header = AuthorizationHeader::of(&parts.headers).cloned();
        let credentials = header.credentials(server.config.sender.accepts_dpop());
        let outcome = decode_credentials(credentials, parts, server).await;
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

    /// Returns whether the outcome can be reused for a request. That of another server is not valid here: its issuer and
    /// audience differ. Neither is one for other credentials: a layer may have replaced the header since.
    pub(super) fn is_for(&self, parts: &Parts, server: &Server) -> bool {
        Arc::ptr_eq(&self.server, &server.config)
            && self.header.is_still_in(&parts.headers)
            && self.has_sender_of(parts)
            && self.is_fresh(SystemTime::now())
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
    pub(super) fn is_decided(&self) -> bool {
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

async fn decode_credentials(
    credentials: Credentials<'_>,
    parts: &mut Parts,
    server: &Server,
) -> TokenOutcome {
    match credentials {
        Credentials::Missing(other) => TokenOutcome::Missing(other),
        Credentials::Malformed(scheme, error) => TokenOutcome::Malformed(scheme, error),
        Credentials::Bearer(token) => match decode_token(token, server).await {
            Ok(token) => outcome_as_bearer(token, parts, server),
            Err(error) => TokenOutcome::Rejected(Arc::new(error)),
        },
        #[cfg(feature = "bound-tokens")]
        Credentials::Dpop(text) => {
            let token = match cached(text, server) {
                Some(token) => Ok(token),
                None => decode_token(text, server).await,
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

async fn decode_token(token: &str, server: &Server) -> Result<AccessToken, DecodeError> {
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
