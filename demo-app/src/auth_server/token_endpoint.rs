//! `POST /token`: exchanges a user name and a password for an access token (RFC 6749 section 4.3).
//!
//! The password grant is here because FastAPI's tutorial uses it. New applications must not use it (RFC 9700 section
//! 2.4): use the authorization code flow with PKCE.

use std::net::{Ipv4Addr, SocketAddr};

use axum::{
    Extension, Form, Json,
    extract::{ConnectInfo, State, rejection::FormRejection},
    http::{HeaderMap, HeaderName, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
};
use scopes_runtime::{ScopedRouter, public, router::routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{fallbacks::method_not_allowed, scopes::Scope},
    auth_server::{
        dpop,
        passwords::{PasswordVerifier, QueueError},
        rate_limits::{RateLimited, RateLimits},
        signer::{CLIENT_ID, LIFETIME, Signer},
    },
    error::{ApiError, Problem},
    state::AppState,
    store::database::Database,
};

const MAX_PASSWORD_BYTES: usize = 1024;

/// The `Retry-After` for a client whose queue slots are all in use, in seconds. A full queue empties in about 1 s.
const QUEUE_RETRY_AFTER: u64 = 2;

const NO_CACHE: [(HeaderName, &str); 2] = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];

/// Builds the route. All its responses, 405 too, forbid caching (RFC 6749 section 5.1).
pub(crate) fn routes() -> ScopedRouter<AppState> {
    ScopedRouter::new()
        .routes(routes!(issue_token))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(map_response(async |response: Response| (NO_CACHE, response)))
}

/// The fields are optional here, so that a missing one gets the error of RFC 6749.
#[derive(Deserialize, ToSchema)]
struct TokenRequest {
    #[schema(required, value_type = String, pattern = "^password$", example = "password")]
    grant_type: Option<String>,
    #[schema(required, value_type = String, min_length = 1, example = "johndoe")]
    username: Option<String>,
    #[schema(required, value_type = String, format = Password, min_length = 1, max_length = 1024, example = "secret")]
    password: Option<String>,
    /// The requested scopes, separated by spaces.
    #[schema(required = false, value_type = String, example = "me items")]
    scope: Option<String>,
    #[schema(required = false, value_type = String, pattern = "^(demo-client)?$", example = "demo-client")]
    client_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
}

/// Why a log-in was refused (RFC 6749 section 5.2).
#[derive(Serialize, ToSchema)]
struct RefusedLogIn {
    error: &'static str,
    error_description: String,
}

/// Issues an access token for a user name and a password.
#[public(reason = "clients log in here to get a token")]
#[utoipa::path(
    post,
    path = "/token",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The access token.", body = TokenResponse),
        (status = 400, description = "The request is refused; `error` contains the reason (RFC 6749 section 5.2).", body = RefusedLogIn),
        (status = 429, description = "Too many wrong passwords, or too many log-ins from the client's address in progress; retry after `Retry-After` seconds.", body = RefusedLogIn),
        (status = 503, description = "The server is busy or its database is unavailable; retry after `Retry-After` seconds.", body = Problem, content_type = "application/problem+json"),
    ),
)]
async fn issue_token(
    State(rate_limits): State<RateLimits>,
    State(database): State<Database>,
    State(passwords): State<PasswordVerifier>,
    signer: Signer,
    client: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Json<TokenResponse>, TokenError> {
    let Form(form) = form?;
    if required(form.grant_type, "grant_type")? != "password" {
        return Err(TokenError::UnsupportedGrantType);
    }
    if form.client_id.is_some_and(|id| !id.is_empty() && id != CLIENT_ID) {
        return Err(TokenError::InvalidClient);
    }
    let username = required(form.username, "username")?;
    let password = required(form.password, "password")?;
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(TokenError::LongPassword);
    }
    let requested = parse_scopes(form.scope.as_deref().unwrap_or_default(), &username)?;
    let key = dpop::proven_key(signer.dpop(), &headers, &signer.token_endpoint())
        .map_err(TokenError::InvalidDpopProof)?;

    // Without a connection, as in tests, all clients share one address and its limits.
    let client = client.map_or(Ipv4Addr::UNSPECIFIED.into(), |Extension(ConnectInfo(client))| client.ip());
    let slot = passwords.enqueue(client)?;
    let attempt = rate_limits.begin(&username, client).await?;
    let hash = match database.password_hash(&username).await {
        Ok(hash) => hash,
        Err(error) => {
            attempt.cancel();
            return Err(error.into());
        }
    };
    if !passwords.verify(slot, password, hash).await {
        return Err(TokenError::InvalidGrant);
    }
    attempt.succeed();
    let scope = grant(&requested, &database.allowed_scopes(&username).await?)?;
    Ok(Json(TokenResponse {
        access_token: signer.sign(&username, &scope, key.as_deref()),
        token_type: if key.is_some() { "DPoP" } else { "bearer" },
        expires_in: LIFETIME,
        scope,
    }))
}

/// Returns a required parameter. A parameter with an empty value counts as missing (RFC 6749 section 3.2).
fn required(value: Option<String>, name: &'static str) -> Result<String, TokenError> {
    value.filter(|value| !value.is_empty()).ok_or(TokenError::MissingParameter(name))
}

/// Parses the requested scopes, without duplicates, in the order of the request. The documentation page requests scopes as they
/// are declared; there, `{username}` is the user who logs in.
fn parse_scopes(requested: &str, username: &str) -> Result<Vec<String>, TokenError> {
    let mut scopes = Vec::new();
    for name in requested.split(' ').filter(|name| !name.is_empty()) {
        let scope = match name.parse::<Scope>() {
            // A user name that cannot be the value, such as one with `:`, is allowed no such scope.
            Ok(scope) => {
                scope.declared().concrete_name(&[("username", username)]).unwrap_or_else(|| name.to_owned())
            }
            Err(_) if Scope::ALL.iter().any(|scope| scope.declared().matches(name)) => name.to_owned(),
            Err(_) => return Err(TokenError::UndeclaredScope(name.to_owned())),
        };
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

/// Returns the requested scopes that the user is allowed, space-separated. It is an error if that leaves none of them.
fn grant(requested: &[String], allowed: &[String]) -> Result<String, TokenError> {
    let granted: Vec<_> = requested
        .iter()
        .map(String::as_str)
        .filter(|name| allowed.iter().any(|allowed| allowed == name))
        .collect();
    if granted.is_empty() && !requested.is_empty() {
        return Err(TokenError::NoScopeAllowed);
    }
    Ok(granted.join(" "))
}

/// An error response of the token endpoint. The message is the `error_description`.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error("The form cannot be parsed. {}.", .0.body_text())]
    Form(#[from] FormRejection),
    #[error("The parameter `{0}` is missing. Send grant_type=password, username and password as a form.")]
    MissingParameter(&'static str),
    #[error("The password is longer than {MAX_PASSWORD_BYTES} bytes.")]
    LongPassword,
    #[error("The client is unknown. Omit `client_id`, or send `{CLIENT_ID}`.")]
    InvalidClient,
    #[error("The user name or the password is wrong.")]
    InvalidGrant,
    #[error("The grant type is not supported. Send grant_type=password.")]
    UnsupportedGrantType,
    #[error("This API has no scope `{0}`. Scopes are case-sensitive and separated by spaces.")]
    UndeclaredScope(String),
    #[error("The user is not allowed any of the requested scopes.")]
    NoScopeAllowed,
    #[error("The DPoP proof is refused: {0}.")]
    InvalidDpopProof(&'static str),
    #[error(transparent)]
    RateLimited(#[from] RateLimited),
    #[error("Too many log-ins from this address are in progress. Try again in {QUEUE_RETRY_AFTER} seconds.")]
    ClientBusy,
    #[error(transparent)]
    Unavailable(ApiError),
}

impl From<sqlx::Error> for TokenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<QueueError> for TokenError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Full => Self::Unavailable(ApiError::TooManyLogIns),
            QueueError::ClientBusy => Self::ClientBusy,
        }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let mut retry_after = None;
        // The codes are those of RFC 6749 section 5.2, RFC 9449 section 5 and, for `slow_down`, RFC 8628 section 3.5.
        let error = match self {
            Self::Form(_) | Self::MissingParameter(_) | Self::LongPassword => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidDpopProof(_) => "invalid_dpop_proof",
            Self::UndeclaredScope(_) | Self::NoScopeAllowed => "invalid_scope",
            Self::RateLimited(ref limited) => {
                retry_after = Some(limited.retry_after());
                "slow_down"
            }
            Self::ClientBusy => {
                retry_after = Some(QUEUE_RETRY_AFTER);
                "slow_down"
            }
            Self::Unavailable(error) => return error.into_response(),
        };
        let status =
            if retry_after.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::BAD_REQUEST };
        let retry_after = retry_after.map(|seconds| [(header::RETRY_AFTER, seconds)]);
        let error_description = replace_forbidden(&self.to_string());
        (status, retry_after, Json(RefusedLogIn { error, error_description })).into_response()
    }
}

/// Replaces characters that an `error_description` must not contain, which may come from the request, with `?`.
fn replace_forbidden(text: &str) -> String {
    let is_allowed = |char| matches!(char, ' '..='~') && !matches!(char, '"' | '\\');
    text.chars().map(|char| if is_allowed(char) { char } else { '?' }).collect()
}
