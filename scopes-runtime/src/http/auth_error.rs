use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::scope::{
    Authentication, DeclaredScope, GrantedScopes, Requirement, alternatives_of_all, cheapest, list,
};
use crate::token::Protection;

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
    /// What the operation requires, and what the part of it that refused does.
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) granted: GrantedScopes,
}

impl Challenge {
    /// The scopes to ask for, space by space: all that the cheapest alternative needs (RFC 6750 section 3).
    /// `None` where no scope is required, or the server was built not to name them.
    #[must_use]
    pub fn scope(&self) -> Option<String> {
        self.cheapest(&self.alternatives())
    }

    /// How the user has to log in.
    fn authentication(&self) -> Authentication {
        Authentication::of(self.requirements.iter().copied())
    }

    fn cheapest(&self, alternatives: &[Vec<&'static DeclaredScope>]) -> Option<String> {
        let cheapest = cheapest(alternatives, &self.granted)?;
        (!cheapest.is_empty()).then(|| list(cheapest))
    }

    fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        match self.protection.names_scopes {
            true => alternatives_of_all(&self.requirements),
            false => Vec::new(),
        }
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

    fn challenge(&self) -> Option<&Challenge> {
        match self {
            Self::MissingToken(challenge)
            | Self::MalformedHeader(challenge)
            | Self::InvalidToken(challenge)
            | Self::InsufficientScope(challenge)
            | Self::InsufficientAuthentication(challenge) => Some(challenge),
            Self::Unavailable { .. } => None,
        }
    }

    /// A malformed request says nothing about how to do better.
    fn names_scopes(&self) -> Option<&Challenge> {
        self.challenge().filter(|_| !matches!(self, Self::MalformedHeader(_)))
    }

    /// What a login has to be like, where that is what is missing.
    fn authentication(&self) -> Authentication {
        match self {
            Self::InsufficientAuthentication(challenge) => challenge.authentication(),
            _ => Authentication::default(),
        }
    }

    fn headers(&self, scope: Option<&str>, acr_values: Option<&str>, max_age: Option<u64>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Self::Unavailable { retry_after } = self {
            let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, seconds.max(1).into());
        }
        if let Some(challenge) = self.challenge() {
            let mut value = format!("Bearer realm=\"{}\"", challenge.protection.realm);
            let metadata = challenge.protection.metadata.as_deref().filter(|_| self.names_scopes().is_some());
            let max_age = max_age.map(|seconds| seconds.to_string());
            let parameters = [
                ("error", self.code()),
                ("acr_values", acr_values),
                ("max_age", max_age.as_deref()),
                ("scope", scope),
                ("resource_metadata", metadata),
            ];
            for (name, parameter) in parameters {
                if let Some(parameter) = parameter {
                    value.push_str(&format!(", {name}=\"{parameter}\""));
                }
            }
            let value = HeaderValue::try_from(value)
                .expect("realm, scopes, contexts and URL are visible ASCII, checked when built");
            headers.insert(WWW_AUTHENTICATE, value);
        }
        headers
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

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let status = self.status();
        let challenge = self.names_scopes();
        let alternatives = challenge.map(Challenge::alternatives).unwrap_or_default();
        let scope = challenge.and_then(|challenge| challenge.cheapest(&alternatives));
        let Authentication { acr_values, max_age } = self.authentication();
        let acr_values = acr_values.map(|values| values.join(" "));
        let headers = self.headers(scope.as_deref(), acr_values.as_deref(), max_age);
        let problem = Problem {
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.to_string(),
            error: self.code(),
            alternatives: (alternatives.len() > 1)
                .then(|| alternatives.iter().map(|scopes| list(scopes)).collect()),
            scope,
            acr_values,
            max_age,
        };
        let body = serde_json::to_vec(&problem).expect("a struct of strings and numbers is always JSON");
        (status, headers, body).into_response()
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
