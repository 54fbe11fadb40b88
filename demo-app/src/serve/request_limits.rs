//! The time limit and the log line of each request.

use std::{borrow::Cow, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::header,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;
use tower_http::trace::TraceLayer;
use tracing::{Span, info, info_span};

use crate::error::ApiError;

/// The most time for a request. It is longer than any handler waits for the database and for a log-in, so only a slow
/// body reaches it.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// The most bytes of a method or path in the log. Clients choose their length.
const MAX_LOGGED_BYTES: usize = 200;

/// Adds a time limit and one log line to each request.
pub(crate) fn limit_and_log(app: Router) -> Router {
    let one_line_per_request = TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let (method, path) = (truncate(request.method().as_str()), truncate(request.uri().path()));
            info_span!("request", %method, path = &*path)
        })
        .on_request(())
        .on_response(|response: &Response, latency: Duration, _: &Span| {
            info!(status = response.status().as_u16(), ?latency);
        })
        .on_failure(());
    app.layer(from_fn(with_timeout)).layer(one_line_per_request)
}

async fn with_timeout(request: Request, next: Next) -> Response {
    timeout(REQUEST_TIMEOUT, next.run(request)).await.unwrap_or_else(|_| {
        // The rest of the request stays unread, so the connection cannot be reused (RFC 9110 section 15.5.9).
        ([(header::CONNECTION, "close")], ApiError::RequestTimeout(REQUEST_TIMEOUT)).into_response()
    })
}

fn truncate(text: &str) -> Cow<'_, str> {
    let end = text.floor_char_boundary(MAX_LOGGED_BYTES);
    if end < text.len() { format!("{}…", &text[..end]).into() } else { text.into() }
}
