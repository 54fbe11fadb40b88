use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, Request};
use tokio::time::timeout;
use tower_service::Service as _;

use super::answer::{Challenge, Got};
use super::target::Target;

/// How long an application may think: far longer than any should.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn send(app: &Router, target: &Target, headers: &[(HeaderName, HeaderValue)]) -> Got {
    let has_body = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(&target.method);
    let body = if has_body { Body::from("{}") } else { Body::empty() };
    let mut request = Request::builder().method(&target.method).uri(&target.path);
    if has_body {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(body).expect("a path of a router with placeholders is one");
    let mut app = app.clone();
    match timeout(PATIENCE, caught(async move { app.call(request).await })).await {
        Ok(Ok(Ok(response))) => Got::Answer(response.status(), Challenge::of(response.headers())),
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(panic)) => Got::Panic(panic),
        Err(_) => Got::Nothing,
    }
}

/// What the future gives, or what it says when it panics.
async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // It is not polled again after it has panicked.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Err(message(&*panic)).into(),
        }
    })
    .await
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}
