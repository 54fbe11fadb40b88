use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};

use super::challenge::{ChallengeConfig, Problem, RefusalReason, RefusalTemplate, RenderedRefusal};
use crate::scope::{GrantedScopes, Requirement, Requirements};

/// Why a request is refused. The response is that of RFC 6750 section 3.
///
/// An extractor with a rejection of its own converts from it:
///
/// ```
/// use axum::response::{IntoResponse, Response};
/// use scopes_runtime::AuthError;
///
/// enum ApiError {
///     Auth(AuthError),
///     Inactive,
/// }
///
/// impl From<AuthError> for ApiError {
///     fn from(error: AuthError) -> Self {
///         Self::Auth(error)
///     }
/// }
///
/// impl IntoResponse for ApiError {
///     fn into_response(self) -> Response {
///         match self {
///             Self::Auth(error) => error.into_response(),
///             Self::Inactive => (axum::http::StatusCode::BAD_REQUEST, "inactive user").into_response(),
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// No credentials, or another scheme: 401 without an error code (RFC 6750 section 3.1).
    #[error("{}", RefusalReason::MissingToken.detail())]
    MissingToken(Challenge),
    /// A malformed, empty or repeated `Authorization` header: 400 `invalid_request`.
    #[error("{}", RefusalReason::InvalidRequest.detail())]
    InvalidRequest(Challenge),
    /// The token failed a check: 401 `invalid_token`.
    #[error("{}", RefusalReason::InvalidToken.detail())]
    InvalidToken(Challenge),
    /// The token is valid, but lacks a scope: 403 `insufficient_scope`.
    #[error("{}", RefusalReason::InsufficientScope.detail())]
    InsufficientScope(Challenge),
    /// The token is valid and has the scopes, but its user did not authenticate as required: 401
    /// `insufficient_user_authentication` (RFC 9470 section 3).
    #[error("{}", RefusalReason::InsufficientUserAuthentication.detail())]
    InsufficientUserAuthentication(Challenge),
    /// The token cannot be checked at the moment: 503 with `Retry-After`.
    #[error("{UNAVAILABLE}")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

const UNAVAILABLE: &str = "The access token cannot be checked at the moment. Try again later.";

/// What a client needs to obtain a token that is accepted.
#[derive(Clone)]
pub struct Challenge {
    template: Arc<RefusalTemplate>,
    granted: GrantedScopes,
}

impl Challenge {
    /// `part` is the requirement that refuses, where it is not the operation's own.
    pub(super) fn new(
        config: &ChallengeConfig,
        operation: &Requirements,
        part: Option<Requirement>,
        granted: GrantedScopes,
    ) -> Self {
        Self { template: config.refusal_for(operation, part), granted }
    }

    /// Returns the scopes to request, separated by spaces: all that the cheapest alternative needs (RFC 6750 section 3).
    /// `None` if no scope is required, or if the server hides scopes.
    #[must_use]
    pub fn scope(&self) -> Option<String> {
        self.template.scope(&self.granted)
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Challenge").field("scope", &self.scope()).finish_non_exhaustive()
    }
}

impl AuthError {
    pub(super) fn new(reason: RefusalReason, challenge: Challenge) -> Self {
        match reason {
            RefusalReason::MissingToken => Self::MissingToken(challenge),
            RefusalReason::InvalidRequest => Self::InvalidRequest(challenge),
            RefusalReason::InvalidToken => Self::InvalidToken(challenge),
            RefusalReason::InsufficientScope => Self::InsufficientScope(challenge),
            RefusalReason::InsufficientUserAuthentication => Self::InsufficientUserAuthentication(challenge),
        }
    }

    /// Returns the status of the response: 400, 401, 403 or 503.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.refusal().map_or(StatusCode::SERVICE_UNAVAILABLE, |(reason, _)| reason.status())
    }

    /// Returns the error code of RFC 6750 section 3.1 or RFC 9470 section 3. `None` for a request without a token and for
    /// [`Unavailable`](Self::Unavailable).
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.refusal().ok()?.0.code()
    }

    /// Returns the reason and the challenge, or after which time to try again.
    fn refusal(&self) -> Result<(RefusalReason, &Challenge), Duration> {
        match self {
            Self::MissingToken(challenge) => Ok((RefusalReason::MissingToken, challenge)),
            Self::InvalidRequest(challenge) => Ok((RefusalReason::InvalidRequest, challenge)),
            Self::InvalidToken(challenge) => Ok((RefusalReason::InvalidToken, challenge)),
            Self::InsufficientScope(challenge) => Ok((RefusalReason::InsufficientScope, challenge)),
            Self::InsufficientUserAuthentication(challenge) => {
                Ok((RefusalReason::InsufficientUserAuthentication, challenge))
            }
            Self::Unavailable { retry_after } => Err(*retry_after),
        }
    }
}

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let status = self.status();
        match self.refusal() {
            Ok((reason, Challenge { template, granted })) => {
                let RenderedRefusal { challenge, body } = template.render(reason, granted);
                let challenge = HeaderValue::from_maybe_shared(challenge)
                    .expect("realm, scopes, contexts and URL are visible ASCII, checked when built");
                (status, [(CONTENT_TYPE, PROBLEM_JSON), (WWW_AUTHENTICATE, challenge)], body).into_response()
            }
            Err(retry_after) => {
                let seconds = retry_after.as_secs().saturating_add(u64::from(retry_after.subsec_nanos() > 0));
                let headers = [(CONTENT_TYPE, PROBLEM_JSON), (RETRY_AFTER, seconds.max(1).into())];
                (status, headers, Problem::new(status, UNAVAILABLE).to_json()).into_response()
            }
        }
    }
}

/// For extractors that call one which cannot fail, such as `State`, with `?`.
impl From<Infallible> for AuthError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// For extractors whose rejection is a [`Response`].
impl From<AuthError> for Response {
    fn from(error: AuthError) -> Self {
        error.into_response()
    }
}
