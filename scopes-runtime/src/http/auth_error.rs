use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::scope::{Authentication, GrantedScopes, Requirement, Requirements, list};
use crate::token::{AccessToken, Answer, Protection, Reason, Told};

/// Why a request may not go on, answered as RFC 6750 section 3 asks.
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
    /// No credentials, or those of another scheme: 401 without an error code (RFC 6750 section 3.1).
    #[error("This needs an access token; send it as `Authorization: Bearer <token>`.")]
    MissingToken(Challenge),
    /// A malformed, empty or repeated `Authorization` header: 400 `invalid_request`.
    #[error("The Authorization header is malformed; send one line `Authorization: Bearer <token>`.")]
    MalformedHeader(Challenge),
    /// The token failed a check: 401 `invalid_token`.
    #[error("The access token is not valid here; obtain a new one.")]
    InvalidToken(Challenge),
    /// The token is valid, but lacks a scope: 403 `insufficient_scope`.
    #[error("The access token lacks a scope that this needs; obtain one with the scope named here.")]
    InsufficientScope(Challenge),
    /// The token is valid and has the scopes, but its user has not logged in as required: 401
    /// `insufficient_user_authentication` (RFC 9470 section 3).
    #[error(
        "This needs another login of the user; send them to the authorization server with what is named here."
    )]
    InsufficientAuthentication(Challenge),
    /// The token cannot be checked now: 503 with `Retry-After`.
    #[error("The access token cannot be checked at the moment; try again later.")]
    Unavailable {
        /// When it is worth trying again.
        retry_after: Duration,
    },
}

/// What a client is told of the resource it was refused.
#[derive(Clone, Debug)]
pub struct Challenge {
    pub(crate) protection: Arc<Protection>,
    pub(crate) operation: Requirements,
    /// What the part of the operation requires that refused, where it is not the operation's own guard.
    pub(crate) part: Option<Requirement>,
    pub(crate) granted: GrantedScopes,
}

impl Challenge {
    /// The scopes to ask for, space by space: all that the cheapest alternative needs (RFC 6750 section 3).
    /// `None` where no scope is required, or the server was built not to name them.
    #[must_use]
    pub fn scope(&self) -> Option<String> {
        let told = self.told();
        told.scope(told.cheapest(&self.granted))
    }

    fn told(&self) -> Arc<Told> {
        self.protection.told(&self.operation, self.part)
    }
}

impl AuthError {
    /// 400, 401, 403 or 503.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::MissingToken(_) | Self::InvalidToken(_) | Self::InsufficientAuthentication(_) => {
                StatusCode::UNAUTHORIZED
            }
            Self::MalformedHeader(_) => StatusCode::BAD_REQUEST,
            Self::InsufficientScope(_) => StatusCode::FORBIDDEN,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The error code of RFC 6750 section 3.1 or RFC 9470 section 3, where there is one.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::MalformedHeader(_) => Some("invalid_request"),
            Self::InvalidToken(_) => Some("invalid_token"),
            Self::InsufficientScope(_) => Some("insufficient_scope"),
            Self::InsufficientAuthentication(_) => Some("insufficient_user_authentication"),
            Self::MissingToken(_) | Self::Unavailable { .. } => None,
        }
    }

    /// What refuses a valid token, if anything does.
    pub(super) fn of_token(required: &Requirements, token: &AccessToken) -> Option<fn(Challenge) -> Self> {
        if !required.is_met_by(token.scopes()) {
            Some(Self::InsufficientScope)
        } else if !required.accepts(token.authenticated()) {
            Some(Self::InsufficientAuthentication)
        } else {
            None
        }
    }

    /// Why there is a challenge, or when to come back.
    fn refusal(&self) -> Result<(Reason, &Challenge), Duration> {
        match self {
            Self::MissingToken(challenge) => Ok((Reason::MissingToken, challenge)),
            Self::MalformedHeader(challenge) => Ok((Reason::MalformedHeader, challenge)),
            Self::InvalidToken(challenge) => Ok((Reason::InvalidToken, challenge)),
            Self::InsufficientScope(challenge) => Ok((Reason::InsufficientScope, challenge)),
            Self::InsufficientAuthentication(challenge) => {
                Ok((Reason::InsufficientAuthentication, challenge))
            }
            Self::Unavailable { retry_after } => Err(*retry_after),
        }
    }

    fn problem(&self) -> Problem {
        let status = self.status();
        Problem {
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.to_string(),
            error: self.code(),
            scope: None,
            acr_values: None,
            max_age: None,
            alternatives: None,
        }
    }

    fn answer(
        &self,
        reason: Reason,
        protection: &Protection,
        told: &Told,
        cheapest: Option<usize>,
    ) -> Answer {
        let mut problem = self.problem();
        // A malformed request is told nothing about how to do better.
        let is_told = !matches!(reason, Reason::MalformedHeader);
        if is_told {
            problem.scope = told.scope(cheapest);
            let alternatives = &told.alternatives;
            problem.alternatives =
                (alternatives.len() > 1).then(|| alternatives.iter().map(|scopes| list(scopes)).collect());
        }
        if matches!(reason, Reason::InsufficientAuthentication) {
            let Authentication { acr_values, max_age } = &told.authentication;
            problem.acr_values =
                acr_values.as_ref().filter(|values| !values.is_empty()).map(|values| values.join(" "));
            problem.max_age = *max_age;
        }
        let max_age = problem.max_age.map(|seconds| seconds.to_string());
        let parameters = [
            ("error", problem.error),
            ("acr_values", problem.acr_values.as_deref()),
            ("max_age", max_age.as_deref()),
            ("scope", problem.scope.as_deref()),
            ("resource_metadata", protection.metadata.as_deref().filter(|_| is_told)),
        ];
        let mut challenge = format!("Bearer realm=\"{}\"", protection.realm);
        for (name, parameter) in parameters {
            if let Some(parameter) = parameter {
                challenge.push_str(&format!(", {name}=\"{parameter}\""));
            }
        }
        Answer { challenge: challenge.into(), body: problem.to_json().into() }
    }
}

/// A problem detail (RFC 9457).
#[derive(Serialize)]
struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr_values: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives: Option<Vec<String>>,
}

impl Problem {
    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a struct of strings and numbers is always JSON")
    }
}

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let status = self.status();
        let (reason, challenge) = match self.refusal() {
            Ok(refusal) => refusal,
            Err(retry_after) => {
                let seconds = retry_after.as_secs().saturating_add(u64::from(retry_after.subsec_nanos() > 0));
                let headers = [(CONTENT_TYPE, PROBLEM_JSON), (RETRY_AFTER, seconds.max(1).into())];
                return (status, headers, self.problem().to_json()).into_response();
            }
        };
        let told = challenge.told();
        let cheapest = told.cheapest(&challenge.granted);
        let render = || self.answer(reason, &challenge.protection, &told, cheapest);
        let Answer { challenge, body } = told.answer(reason, cheapest, render);
        let challenge = HeaderValue::from_maybe_shared(challenge)
            .expect("realm, scopes, contexts and URL are visible ASCII, checked when built");
        (status, [(CONTENT_TYPE, PROBLEM_JSON), (WWW_AUTHENTICATE, challenge)], body).into_response()
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
