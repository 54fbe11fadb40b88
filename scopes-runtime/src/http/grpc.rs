//! Refusals of gRPC requests, whose clients read the status from headers.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::AuthError;

const GRPC: &str = "application/grpc";
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Returns the response to a refused request for a service. gRPC clients get gRPC's headers in place of the body; the status
/// and the other headers stay.
pub(crate) fn refusal_of_service(request: &HeaderMap, error: AuthError) -> Response {
    if !is_grpc(request) {
        return error.into_response();
    }
    let (status, message) = (grpc_status(error.status()), percent_encoded(&error.to_string()));
    let (mut parts, _) = error.into_response().into_parts();
    for name in [CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(GRPC));
    parts.headers.insert(GRPC_STATUS, HeaderValue::from_static(status));
    let message = HeaderValue::try_from(message).expect("visible ASCII and spaces");
    parts.headers.insert(GRPC_MESSAGE, message);
    Response::from_parts(parts, Body::empty())
}

/// Returns whether the content type is `application/grpc`, also with a message format such as `+proto`.
fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let Some((start, rest)) = content_type.split_at_checked(GRPC.len()) else { return false };
    start.eq_ignore_ascii_case(GRPC.as_bytes()) && matches!(rest, [] | [b'+' | b';' | b' ', ..])
}

fn grpc_status(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "3",   // INVALID_ARGUMENT
        StatusCode::FORBIDDEN => "7",     // PERMISSION_DENIED
        StatusCode::UNAUTHORIZED => "16", // UNAUTHENTICATED
        _ => "14",                        // UNAVAILABLE
    }
}

/// Encodes a message as gRPC over HTTP/2 requires it.
fn percent_encoded(message: &str) -> String {
    message.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'%' | ..b' ' | 0x7f.. => drop(write!(encoded, "%{byte:02X}")),
            _ => encoded.push(char::from(byte)),
        }
        encoded
    })
}
