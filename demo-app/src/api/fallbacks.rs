//! Responses to paths and methods without a route.

use scopes_runtime::public;

use crate::error::ApiError;

/// Returns 404.
#[public(reason = "error without data")]
pub(crate) async fn not_found() -> ApiError {
    ApiError::NotFound
}

/// Returns 405.
#[public(reason = "error without data")]
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::MethodNotAllowed
}
