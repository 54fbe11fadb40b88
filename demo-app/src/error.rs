//! Errors of the API as problem details (RFC 9457).

use std::time::Duration;

use axum::{
    Json,
    extract::rejection::JsonRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scopes_runtime::AuthError;
use serde::Serialize;
use utoipa::ToSchema;

/// The `Retry-After` of a 503, in seconds.
const RETRY_AFTER: u64 = 5;

/// An error response. The message is the `detail` of the problem.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error("Inactive user: this account is disabled.")]
    InactiveUser,
    #[error("{}. Send an object such as {{\"item_id\": \"Bar\"}}.", .0.body_text())]
    Json(#[from] JsonRejection),
    #[error("The `item_id` has {length} characters. Send 1 to {max} characters.")]
    ItemIdLength { length: usize, max: usize },
    #[error("The `item_id` contains the character U+0000, which cannot be stored. Remove it.")]
    ItemIdNul,
    #[error("An item `{0}` already exists. Choose another `item_id`.")]
    DuplicateItem(String),
    #[error("No user has the name `{0}`.")]
    UnknownUser(String),
    #[error("No route matches this path. `GET /` lists the routes.")]
    NotFound,
    #[error(
        "This path does not support the request's method. The `Allow` header lists the supported methods."
    )]
    MethodNotAllowed,
    #[error("The request did not arrive within {} seconds. Send it again without pauses.", .0.as_secs())]
    RequestTimeout(Duration),
    #[error("Too many log-ins are in progress. Try again in {RETRY_AFTER} seconds.")]
    TooManyLogIns,
    #[error("The database is unavailable. Try again in {RETRY_AFTER} seconds.")]
    Database(#[from] sqlx::Error),
}

/// Why a request failed (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Auth(error) => return error.into_response(),
            Self::InactiveUser => StatusCode::BAD_REQUEST,
            Self::Json(ref rejection) => rejection.status(),
            Self::ItemIdLength { .. } | Self::ItemIdNul => StatusCode::UNPROCESSABLE_ENTITY,
            Self::DuplicateItem(_) => StatusCode::CONFLICT,
            Self::NotFound | Self::UnknownUser(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout(_) => StatusCode::REQUEST_TIMEOUT,
            Self::TooManyLogIns => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(ref error) => {
                tracing::error!(%error, "a database query failed");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        let title = status.canonical_reason().unwrap_or_default();
        let problem = Problem { title, status: status.as_u16(), detail: self.to_string() };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER.into());
        }
        response
    }
}
