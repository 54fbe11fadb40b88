//! What the API answers when it does not do as asked: problem details (RFC 9457).

use axum::{
    Json,
    extract::rejection::JsonRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scopes_runtime::AuthError;
use serde_json::json;

use crate::{handlers::MAX_ITEM_ID_CHARS, requests::TIMEOUT};

/// In how many seconds to ask again for what cannot be answered now.
const RETRY_AFTER: u64 = 5;

/// Why a request is refused. The text is the `detail` of the answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error("Inactive user: the account is switched off.")]
    InactiveUser,
    #[error("{}. Send an object such as {{\"item_id\": \"Bar\"}}.", .0.body_text())]
    Json(#[from] JsonRejection),
    #[error("The `item_id` has {0} characters. Give it 1 to {MAX_ITEM_ID_CHARS}.")]
    ItemIdLength(usize),
    #[error("The `item_id` contains the character U+0000, which cannot be stored. Leave it out.")]
    ItemIdNul,
    #[error("You have an item `{0}` already. Choose another `item_id`.")]
    DuplicateItem(String),
    #[error("There is nothing at this path. `GET /` tells what there is.")]
    NotFound,
    #[error("This path does not take the method. The `Allow` header tells which it takes.")]
    MethodNotAllowed,
    #[error("The request did not arrive within {} seconds. Send all of it at once.", TIMEOUT.as_secs())]
    SlowRequest,
    #[error("Too many others are logging in. Try again in {RETRY_AFTER} seconds.")]
    Busy,
    #[error(
        "The server cannot use its database now, and your request is not to blame. \
         Try again in {RETRY_AFTER} seconds."
    )]
    Database(#[from] sqlx::Error),
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Auth(error) => return error.into_response(),
            Self::InactiveUser => StatusCode::BAD_REQUEST,
            Self::Json(ref rejection) => rejection.status(),
            Self::ItemIdLength(_) | Self::ItemIdNul => StatusCode::UNPROCESSABLE_ENTITY,
            Self::DuplicateItem(_) => StatusCode::CONFLICT,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::SlowRequest => StatusCode::REQUEST_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(ref error) => {
                tracing::error!(%error, "the database failed");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        let problem = json!({
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": self.to_string(),
        });
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER.into());
        }
        response
    }
}
