//! `POST /token`: a user name and a password for an access token (RFC 6749, section 4.3).
//!
//! The password grant is here because FastAPI's tutorial has it. A new program must not use it (RFC 9700, section 2.4):
//! it sends the user to an authorization server and uses the code flow with PKCE.

use std::net::{Ipv4Addr, SocketAddr};

use axum::{
    Extension, Form, Json,
    extract::{ConnectInfo, State, rejection::FormRejection},
    http::{HeaderName, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
};
use scopes_runtime::{ScopedRouter, public, router::routes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    AppState,
    attempts::{Attempts, TooMany},
    error::ApiError,
    handlers::method_not_allowed,
    passwords::{NoPlace, Passwords},
    scopes::Scope,
    signer::{CLIENT_ID, LIFETIME, Signer},
    store::Database,
};

const MAX_PASSWORD_BYTES: usize = 1024;

/// In how many seconds an address may have a place again. All places are free after about one.
const CROWD_RETRY_AFTER: u64 = 2;

/// The token endpoint. None of its answers may be kept by a cache.
pub(crate) fn routes() -> ScopedRouter<AppState> {
    ScopedRouter::new()
        .routes(routes!(issue_token))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(map_response(async |response: Response| (NOT_CACHED, response)))
}

const NOT_CACHED: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];

#[derive(Deserialize, ToSchema)]
struct TokenRequest {
    grant_type: Option<String>,
    username: Option<String>,
    password: Option<String>,
    scope: Option<String>,
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

/// Logs a user in: an access token for a user name and a password.
#[public(reason = "whoever logs in has no token yet")]
#[utoipa::path(
    post,
    path = "/token",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The access token.", body = TokenResponse),
        (status = 400, description = "There is no token; `error` says why (RFC 6749 section 5.2)."),
        (status = 429, description = "Too many passwords were wrong, or too many log-ins from the address are under way; `Retry-After` says when to try again."),
        (status = 503, description = "Nobody can log in now; `Retry-After` says when to try again."),
    ),
)]
async fn issue_token(
    State(attempts): State<Attempts>,
    State(database): State<Database>,
    State(passwords): State<Passwords>,
    signer: Signer,
    client: Option<Extension<ConnectInfo<SocketAddr>>>,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Json<TokenResponse>, TokenError> {
    let Form(form) = form?;
    if given(form.grant_type, "grant_type")? != "password" {
        return Err(TokenError::UnsupportedGrantType);
    }
    if form.client_id.is_some_and(|id| !id.is_empty() && id != CLIENT_ID) {
        return Err(TokenError::InvalidClient);
    }
    let username = given(form.username, "username")?;
    let password = given(form.password, "password")?;
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(TokenError::LongPassword);
    }
    let requested = parse_scopes(form.scope.as_deref().unwrap_or_default())?;

    // Where there is no connection, all clients are one.
    let client = client.map_or(Ipv4Addr::UNSPECIFIED.into(), |Extension(ConnectInfo(client))| client.ip());
    let place = passwords.place(client)?;
    let attempt = attempts.begin(&username, client).await?;
    match database.password_hash(&username).await {
        Ok(hash) => match passwords.verify(place, password, hash).await {
            true => attempt.succeed(),
            false => return Err(TokenError::InvalidGrant),
        },
        Err(error) => {
            attempt.forgive();
            return Err(error.into());
        }
    }
    let scope = grant(&requested, &database.allowed_scopes(&username).await?)?;
    Ok(Json(TokenResponse {
        access_token: signer.sign(&username, &scope),
        token_type: "bearer",
        expires_in: LIFETIME,
        scope,
    }))
}

/// A parameter that must be there. One without a value counts as left out (RFC 6749, section 3.2).
fn given(value: Option<String>, name: &'static str) -> Result<String, TokenError> {
    value.filter(|value| !value.is_empty()).ok_or(TokenError::Missing(name))
}

/// The requested scopes, each once, in the order of the request.
fn parse_scopes(requested: &str) -> Result<Vec<Scope>, TokenError> {
    let mut scopes = Vec::new();
    for name in requested.split(' ').filter(|name| !name.is_empty()) {
        let scope = name.parse().map_err(|_| TokenError::UndeclaredScopeError(name.to_owned()))?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

/// Those of the requested scopes that the user may have, as a list for a token. Nothing out of something is an error.
fn grant(requested: &[Scope], allowed: &[Scope]) -> Result<String, TokenError> {
    let granted: Vec<_> =
        requested.iter().filter(|scope| allowed.contains(scope)).map(|scope| scope.as_str()).collect();
    if granted.is_empty() && !requested.is_empty() {
        return Err(TokenError::NothingGranted);
    }
    Ok(granted.join(" "))
}

/// Why there is no token. The text is the `error_description` of the answer.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error("The form cannot be read. {}.", .0.body_text())]
    Form(#[from] FormRejection),
    #[error("The parameter `{0}` is missing. Send grant_type=password, username and password as a form.")]
    Missing(&'static str),
    #[error("The password is longer than {MAX_PASSWORD_BYTES} bytes.")]
    LongPassword,
    #[error("The client is not known. Leave `client_id` out, or send `{CLIENT_ID}`.")]
    InvalidClient,
    #[error("The user name or the password is wrong.")]
    InvalidGrant,
    #[error("The only grant type here is `password`.")]
    UnsupportedGrantType,
    #[error("This API has no scope `{0}`. Scopes are case-sensitive and separated by spaces.")]
    UndeclaredScopeError(String),
    #[error("The user may not have any of the requested scopes.")]
    NothingGranted,
    #[error(transparent)]
    TooManyAttempts(#[from] TooMany),
    #[error("Too many log-ins from this address are under way. Try again in {CROWD_RETRY_AFTER} seconds.")]
    CrowdedAddress,
    #[error(transparent)]
    Unavailable(ApiError),
}

impl From<sqlx::Error> for TokenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<NoPlace> for TokenError {
    fn from(no_place: NoPlace) -> Self {
        match no_place {
            NoPlace::Busy => Self::Unavailable(ApiError::Busy),
            NoPlace::AddressBusy => Self::CrowdedAddress,
        }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let mut retry_after = None;
        // The codes of RFC 6749, section 5.2, and of RFC 8628, section 3.5.
        let code = match self {
            Self::Form(_) | Self::Missing(_) | Self::LongPassword => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UndeclaredScopeError(_) | Self::NothingGranted => "invalid_scope",
            Self::TooManyAttempts(ref too_many) => {
                retry_after = Some([(header::RETRY_AFTER, too_many.seconds())]);
                "slow_down"
            }
            Self::CrowdedAddress => {
                retry_after = Some([(header::RETRY_AFTER, CROWD_RETRY_AFTER)]);
                "slow_down"
            }
            Self::Unavailable(error) => return error.into_response(),
        };
        let status = match retry_after {
            Some(_) => StatusCode::TOO_MANY_REQUESTS,
            None => StatusCode::BAD_REQUEST,
        };
        let body = json!({ "error": code, "error_description": described(&self.to_string()) });
        (status, retry_after, Json(body)).into_response()
    }
}

/// The text in the characters of an `error_description`, which may quote the request.
fn described(text: &str) -> String {
    let allowed = |char| matches!(char, ' '..='~') && !matches!(char, '"' | '\\');
    text.chars().map(|char| if allowed(char) { char } else { '?' }).collect()
}
