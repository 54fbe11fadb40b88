//! What holds for every request, wherever it goes: it ends in time, and is one line of the log.

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

/// More than what any handler waits for, the database and a turn to log in: it is the body that does not come.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

/// The client chooses method and path, and so how long they are.
const MAX_LOGGED_BYTES: usize = 200;

pub(crate) fn bounded_and_logged(app: Router) -> Router {
    let one_line_per_request = TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let (method, path) = (shortened(request.method().as_str()), shortened(request.uri().path()));
            info_span!("request", %method, path = &*path)
        })
        .on_request(())
        .on_response(|response: &Response, latency: Duration, _: &Span| {
            info!(status = response.status().as_u16(), ?latency);
        })
        .on_failure(());
    app.layer(from_fn(in_time)).layer(one_line_per_request)
}

async fn in_time(request: Request, next: Next) -> Response {
    let answer = timeout(TIMEOUT, next.run(request)).await;
    // The rest of the request is not read (RFC 9110, section 15.5.9).
    answer.unwrap_or_else(|_| ([(header::CONNECTION, "close")], ApiError::SlowRequest).into_response())
}

fn shortened(text: &str) -> Cow<'_, str> {
    match text.floor_char_boundary(MAX_LOGGED_BYTES) {
        end if end < text.len() => format!("{}…", &text[..end]).into(),
        _ => text.into(),
    }
}
