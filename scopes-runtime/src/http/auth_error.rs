use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::authentication_schemes::{AuthenticationSchemes, Scheme};
use super::challenge::{RefusalTemplate, RenderedRefusal};
use super::problem::Problem;
use super::refusal_reason::RefusalReason;
use crate::scope::GrantedScopes;
use crate::whole_seconds::whole_seconds;

/// The error of a refused request: 400, 401 or 403 with a challenge (RFC 6750 section 3, RFC 9470 section 3), or 503 with
/// `Retry-After`. The body is a problem detail (RFC 9457), unless
/// [`refusal_response`](crate::ResourceServerBuilder::refusal_response) sets another one.
///
/// Middleware finds the error of a refused request in the extensions of the response:
/// `response.extensions().get::<AuthError>()`.
///
/// An extractor with a rejection of its own converts from it. [`into_response_with`](Self::into_response_with) keeps status,
/// challenge and `Retry-After`:
///
/// ```
/// use axum::Json;
/// use axum::response::{IntoResponse, Response};
/// use scopes_runtime::AuthError;
/// use serde_json::json;
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
///             Self::Auth(error) => {
///                 let body = Json(json!({ "message": error.to_string() }));
///                 error.into_response_with(body)
///             }
///             Self::Inactive => (axum::http::StatusCode::BAD_REQUEST, "inactive user").into_response(),
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// No credentials, or another scheme: 401 without an error code (RFC 6750 section 3.1).
    #[error("{}", RefusalReason::MissingToken.detail(AuthenticationSchemes::default()))]
    MissingToken(Challenge),
    /// A malformed, empty or repeated `Authorization` header: 400 `invalid_request`.
    #[error("{}", RefusalReason::InvalidRequest.detail(AuthenticationSchemes::default()))]
    InvalidRequest(Challenge),
    /// The token failed a check, or is not bound to a DPoP key as the operation requires: 401 `invalid_token`.
    #[error("{}", .0.why_invalid().detail(AuthenticationSchemes::default()))]
    InvalidToken(Challenge),
    /// The proof of a token with the scheme `DPoP` failed a check: 401 `invalid_dpop_proof` (RFC 9449 section 7.1).
    #[cfg(feature = "bound-tokens")]
    #[error("{}", RefusalReason::InvalidDpopProof.detail(AuthenticationSchemes::default()))]
    InvalidDpopProof(Challenge),
    /// The proof needs the nonce in `DPoP-Nonce`: 401 `use_dpop_nonce` (RFC 9449 section 9).
    #[cfg(feature = "bound-tokens")]
    #[error("{}", RefusalReason::UseDpopNonce.detail(AuthenticationSchemes::default()))]
    UseDpopNonce(Challenge),
    /// The token is valid, but lacks a scope: 403 `insufficient_scope`.
    #[error("{}", RefusalReason::InsufficientScope.detail(AuthenticationSchemes::default()))]
    InsufficientScope(Challenge),
    /// The token is valid and has the scopes, but its user did not authenticate as required: 401
    /// `insufficient_user_authentication` (RFC 9470 section 3).
    #[error("{}", RefusalReason::InsufficientUserAuthentication.detail(AuthenticationSchemes::default()))]
    InsufficientUserAuthentication(Challenge),
    /// The token cannot be checked at the moment: 503 with `Retry-After`.
    #[error("{UNAVAILABLE}")]
    Unavailable(Unavailable),
}

const UNAVAILABLE: &str = "The access token cannot be checked at the moment. Try again later.";

/// Returns the body of a refusal with this status, without scope names, for documents.
#[cfg(feature = "openapi")]
pub(crate) fn example_body(status: u16) -> serde_json::Value {
    let reason = match status {
        400 => RefusalReason::InvalidRequest,
        401 => RefusalReason::InvalidToken,
        403 => RefusalReason::InsufficientScope,
        _ => return serde_json::json!(Problem::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE)),
    };
    serde_json::json!(Problem::of(reason, AuthenticationSchemes::default()))
}

/// The content of a `WWW-Authenticate` challenge.
///
/// ```
/// use axum::Json;
/// use scopes_runtime::{AuthError, RealmError, ResourceServer, TokenDecoder};
/// use serde_json::{Value, json};
///
/// fn body(error: &AuthError) -> Json<Value> {
///     let challenge = error.challenge();
///     Json(json!({
///         "code": error.reason(),
///         "scope": challenge.and_then(|challenge| challenge.scope()),
///         "alternatives": challenge.map(|challenge| challenge.alternatives()),
///         "acr_values": challenge.and_then(|challenge| challenge.acr_values()),
///         "max_age": challenge.and_then(|challenge| challenge.max_age()),
///     }))
/// }
///
/// fn server(decoder: impl TokenDecoder) -> Result<ResourceServer, RealmError> {
///     ResourceServer::builder(decoder).refusal_response(body).build()
/// }
/// ```
#[derive(Clone)]
pub struct Challenge {
    pub(super) reason: RefusalReason,
    pub(super) scheme: Scheme,
    pub(super) template: Arc<RefusalTemplate>,
    pub(super) granted: GrantedScopes,
    pub(super) renderer: Option<Renderer>,
    /// The header `DPoP-Nonce` (RFC 9449 section 8).
    pub(super) nonce: Option<Box<str>>,
}

/// When to retry a request whose token cannot be checked at the moment.
///
/// ```
/// use scopes_runtime::AuthError;
///
/// fn retry_after_seconds(error: &AuthError) -> Option<u64> {
///     let AuthError::Unavailable(unavailable) = error else { return None };
///     Some(unavailable.retry_after().as_secs())
/// }
/// ```
#[derive(Clone)]
pub struct Unavailable {
    retry_after: Duration,
    renderer: Option<Renderer>,
}

/// The application's function that makes the bodies of refusals.
#[derive(Clone)]
pub(super) struct Renderer(Arc<dyn Fn(&AuthError) -> Response + Send + Sync>);

impl Renderer {
    pub(super) fn new<R: IntoResponse>(render: impl Fn(&AuthError) -> R + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |error| render(error).into_response()))
    }
}

impl Challenge {
    /// Returns the scopes to request, separated by spaces: all that the cheapest alternative needs (RFC 6750 section 3).
    /// `None` if no scope is required, if the server hides scopes, or if the request is malformed.
    #[must_use]
    pub fn scope(&self) -> Option<String> {
        self.has_hints().then(|| self.template.scope(&self.granted))?
    }

    /// Returns the scopes of each alternative, separated by spaces. Empty if there is only one, if the server hides scopes, or
    /// if the request is malformed.
    #[must_use]
    pub fn alternatives(&self) -> Vec<String> {
        if self.has_hints() { self.template.named_alternatives() } else { Vec::new() }
    }

    /// Returns the accepted authentication contexts, separated by spaces (`acr_values`, RFC 9470 section 3). `None` unless the
    /// error is [`AuthError::InsufficientUserAuthentication`] and the operation requires a context.
    #[must_use]
    pub fn acr_values(&self) -> Option<String> {
        self.template.acr_values(self.reason)
    }

    /// Returns the maximum age of the authentication in seconds (`max_age`, RFC 9470 section 3). `None` unless the error is
    /// [`AuthError::InsufficientUserAuthentication`] and the operation limits the age.
    #[must_use]
    pub fn max_age(&self) -> Option<u64> {
        self.template.max_age(self.reason)
    }

    /// Returns the reason of [`AuthError::InvalidToken`].
    fn why_invalid(&self) -> RefusalReason {
        match self.reason {
            RefusalReason::UnboundToken => RefusalReason::UnboundToken,
            _ => RefusalReason::InvalidToken,
        }
    }

    /// Returns whether the response contains scopes. That to a malformed request does not.
    fn has_hints(&self) -> bool {
        self.reason != RefusalReason::InvalidRequest
    }
}

impl Unavailable {
    pub(super) fn new(renderer: Option<Renderer>, retry_after: Duration) -> Self {
        Self { retry_after, renderer }
    }

    /// Returns the time after which to retry.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        self.retry_after
    }
}

impl fmt::Debug for Unavailable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Unavailable").field("retry_after", &self.retry_after).finish_non_exhaustive()
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
            RefusalReason::InvalidToken | RefusalReason::UnboundToken => Self::InvalidToken(challenge),
            #[cfg(feature = "bound-tokens")]
            RefusalReason::InvalidDpopProof => Self::InvalidDpopProof(challenge),
            #[cfg(feature = "bound-tokens")]
            RefusalReason::UseDpopNonce => Self::UseDpopNonce(challenge),
            RefusalReason::InsufficientScope => Self::InsufficientScope(challenge),
            RefusalReason::InsufficientUserAuthentication => Self::InsufficientUserAuthentication(challenge),
        }
    }

    /// Returns the status of the response: 400, 401, 403 or 503.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.refusal_reason().map_or(StatusCode::SERVICE_UNAVAILABLE, RefusalReason::status)
    }

    /// Returns the error code of RFC 6750 section 3.1, RFC 9449 section 7.1 or RFC 9470 section 3. `None` for a request without
    /// a token and for [`Unavailable`](Self::Unavailable).
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.refusal_reason()?.code()
    }

    /// Returns a word for the kind of refusal, for bodies in the application's own format: the [`code`](Self::code), or
    /// `missing_token` or `unavailable`, which have none. Events and counters have it as `reason`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::MissingToken(_) => "missing_token",
            Self::Unavailable(_) => "unavailable",
            other => other.code().unwrap_or_default(),
        }
    }

    /// Returns the challenge. `None` for [`Unavailable`](Self::Unavailable).
    #[must_use]
    pub fn challenge(&self) -> Option<&Challenge> {
        self.refusal().ok().map(|(_, challenge)| challenge)
    }

    /// Returns the response with another body, for errors in the application's own format.
    ///
    /// Status, `WWW-Authenticate`, `DPoP-Nonce` and `Retry-After` are those of the error, whatever `body` sets. Other headers
    /// of `body` are kept.
    #[must_use]
    pub fn into_response_with(self, body: impl IntoResponse) -> Response {
        let (name, value, _) = self.rendered();
        let mut response = body.into_response();
        for name in [WWW_AUTHENTICATE, RETRY_AFTER, DPOP_NONCE] {
            response.headers_mut().remove(name);
        }
        self.respond(name, value, response)
    }

    /// Returns `WWW-Authenticate` or, for [`Unavailable`](Self::Unavailable), `Retry-After`, and the body as a problem detail.
    fn rendered(&self) -> (HeaderName, HeaderValue, Bytes) {
        match self.refusal() {
            Ok((reason, Challenge { scheme, template, granted, .. })) => {
                let RenderedRefusal { challenge, body } = template.render(reason, *scheme, granted);
                (WWW_AUTHENTICATE, challenge, body)
            }
            Err(unavailable) => {
                let body = Problem::new(self.status(), UNAVAILABLE).to_json();
                (RETRY_AFTER, whole_seconds(unavailable.retry_after).into(), body.into())
            }
        }
    }

    /// Sets status, headers and extension of a response.
    fn respond(self, name: HeaderName, value: HeaderValue, mut response: Response) -> Response {
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(name, value);
        if let Some(nonce) = self.challenge().and_then(|challenge| challenge.nonce.as_deref()) {
            let nonce = HeaderValue::from_str(nonce).expect("base64url is visible ASCII");
            headers.insert(DPOP_NONCE, nonce);
        }
        response.extensions_mut().insert(self);
        response
    }

    /// Returns the reason of the response. `None` for [`Unavailable`](Self::Unavailable).
    pub(super) fn refusal_reason(&self) -> Option<RefusalReason> {
        self.refusal().ok().map(|(reason, _)| reason)
    }

    fn has_renderer(&self) -> bool {
        match self.refusal() {
            Ok((_, challenge)) => challenge.renderer.is_some(),
            Err(unavailable) => unavailable.renderer.is_some(),
        }
    }

    /// Removes the renderer of the server, and returns it.
    fn take_renderer(&mut self) -> Option<Renderer> {
        match self {
            Self::MissingToken(challenge)
            | Self::InvalidRequest(challenge)
            | Self::InvalidToken(challenge)
            | Self::InsufficientScope(challenge)
            | Self::InsufficientUserAuthentication(challenge) => challenge.renderer.take(),
            #[cfg(feature = "bound-tokens")]
            Self::InvalidDpopProof(challenge) | Self::UseDpopNonce(challenge) => challenge.renderer.take(),
            Self::Unavailable(unavailable) => unavailable.renderer.take(),
        }
    }

    /// Returns the reason and the challenge, or when to retry.
    fn refusal(&self) -> Result<(RefusalReason, &Challenge), &Unavailable> {
        match self {
            Self::MissingToken(challenge) => Ok((RefusalReason::MissingToken, challenge)),
            Self::InvalidRequest(challenge) => Ok((RefusalReason::InvalidRequest, challenge)),
            Self::InvalidToken(challenge) => Ok((challenge.why_invalid(), challenge)),
            #[cfg(feature = "bound-tokens")]
            Self::InvalidDpopProof(challenge) => Ok((RefusalReason::InvalidDpopProof, challenge)),
            #[cfg(feature = "bound-tokens")]
            Self::UseDpopNonce(challenge) => Ok((RefusalReason::UseDpopNonce, challenge)),
            Self::InsufficientScope(challenge) => Ok((RefusalReason::InsufficientScope, challenge)),
            Self::InsufficientUserAuthentication(challenge) => {
                Ok((RefusalReason::InsufficientUserAuthentication, challenge))
            }
            Self::Unavailable(unavailable) => Err(unavailable),
        }
    }
}

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        if self.has_renderer() {
            // Without the renderer, which may convert the error itself.
            let mut plain = self.clone();
            if let Some(renderer) = plain.take_renderer() {
                return self.into_response_with((renderer.0)(&plain));
            }
        }
        let (name, value, body) = self.rendered();
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(CONTENT_TYPE, PROBLEM_JSON);
        self.respond(name, value, response)
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
