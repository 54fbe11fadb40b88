use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use tokio::time::timeout;
use tower_service::Service as _;

use super::credentials::AddCredentials;
use super::dpop_tokens::AddProvenToken;
use super::response::Actual;
use crate::router::DryRun;

/// How long the application may take for a response.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A request. [`new`](Self::new) makes one without credentials.
#[derive(Clone)]
pub(super) struct TestRequest {
    pub(super) method: Method,
    pub(super) uri: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, instead of JSON.
    form: Option<String>,
    /// The body, instead of an empty object.
    json: Option<String>,
    /// Adds a token with a proof for the request.
    proven_token: Option<AddProvenToken>,
    /// Run last, on the whole request.
    credentials: Vec<AddCredentials>,
}

impl TestRequest {
    pub(super) fn new(method: &Method, path: &str) -> Self {
        Self {
            method: method.clone(),
            uri: path.to_owned(),
            headers: Vec::new(),
            form: None,
            json: None,
            proven_token: None,
            credentials: Vec::new(),
        }
    }

    /// Sets the body.
    pub(super) fn json(self, body: &str) -> Self {
        Self { json: Some(body.to_owned()), ..self }
    }

    pub(super) fn headers(self, headers: &[(HeaderName, HeaderValue)]) -> Self {
        Self { headers: headers.to_vec(), ..self }
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        let line = HeaderValue::try_from(format!("Bearer {token}")).expect("a token is ASCII");
        self.headers(&[(AUTHORIZATION, line)])
    }

    /// Adds a token with a proof for the request.
    pub(super) fn proven_token(self, token: AddProvenToken) -> Self {
        Self { proven_token: Some(token), ..self }
    }

    /// Adds the token to the query (RFC 6750 section 2.3).
    pub(super) fn query(self, token: &str) -> Self {
        Self { uri: format!("{}?access_token={token}", self.uri), ..self }
    }

    /// Adds the token to the body (RFC 6750 section 2.2).
    pub(super) fn form(self, token: &str) -> Self {
        Self { form: Some(format!("access_token={token}")), ..self }
    }

    /// Adds credentials other than a token.
    pub(super) fn credentials(self, credentials: &[AddCredentials]) -> Self {
        Self { credentials: credentials.to_vec(), ..self }
    }

    pub(super) fn has_proof(&self) -> bool {
        self.proven_token.is_some()
    }

    pub(super) fn has_body(&self) -> bool {
        [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(&self.method)
    }

    /// Sends the request, as a dry run if one is given. If the server requires a nonce in the proof, the request is sent again.
    pub(super) async fn send(&self, app: &Router, dry_run: Option<DryRun>) -> Actual {
        let actual = self.send_once(app, dry_run.clone(), None).await;
        match actual.required_nonce() {
            Some(nonce) if self.has_proof() => self.send_once(app, dry_run, Some(nonce)).await,
            _ => actual,
        }
    }

    async fn send_once(&self, app: &Router, dry_run: Option<DryRun>, nonce: Option<&str>) -> Actual {
        let mut request = Request::builder().method(&self.method).uri(&self.uri);
        let body = match &self.form {
            Some(form) => Some(("application/x-www-form-urlencoded", form.clone())),
            None => self.has_body().then(|| {
                let json = self.json.as_deref().unwrap_or("{}");
                ("application/json", json.to_owned())
            }),
        };
        if let Some((content_type, _)) = body {
            request = request.header(CONTENT_TYPE, content_type);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = body.map_or_else(Bytes::new, |(_, body)| Bytes::from(body));
        let mut request = request.body(body).expect("a path of a router with placeholders is one");
        if let Some(add) = &self.proven_token {
            add(&mut request, nonce);
        }
        for add in &self.credentials {
            add(&mut request);
        }
        let mut request = request.map(Body::from);
        if let Some(dry_run) = dry_run {
            request.extensions_mut().insert(dry_run);
        }
        let mut app = app.clone();
        match timeout(TIMEOUT, caught(async move { app.call(request).await })).await {
            Ok(Ok(Ok(response))) => Actual::of(&response),
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(panic)) => Actual::Panic(panic),
            Err(_) => Actual::Timeout,
        }
    }
}

/// Returns the output of the future, or the message if it panics.
async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // The future is not polled again after a panic.
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
