//! Sends requests to an application in this process, for the checks at the end of each example.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Response;
use axum::http::request::Builder;
use tower::ServiceExt as _;

/// Sends a request without a body, and returns the response with its body as text.
pub(super) async fn send(app: &Router, request: Builder) -> Response<String> {
    let request = request.body(Body::empty()).expect("a valid request");
    let response = app.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a short body");
    Response::from_parts(parts, String::from_utf8(body.to_vec()).expect("a body of text"))
}
