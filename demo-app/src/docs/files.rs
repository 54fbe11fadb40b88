use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

/// The path of the OpenAPI document.
pub(super) const DOCUMENT: &str = "/openapi.json";

/// Returns a file of this program, or 304 if the client has it.
pub(super) fn cached<R: IntoResponse>(
    headers: &HeaderMap,
    length: usize,
    file: impl FnOnce() -> R,
) -> Response {
    let tag = format!("\"{}-{length:x}\"", env!("CARGO_PKG_VERSION"));
    let caching = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, file()).into_response()
}
