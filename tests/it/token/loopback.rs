//! An issuer on loopback.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use scopes_tests::listen;

pub(super) const OPENID: &str = "/.well-known/openid-configuration";
pub(super) const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// A request that the issuer received.
#[derive(Clone)]
pub(super) struct Received {
    pub(super) parts: Parts,
    pub(super) body: Vec<u8>,
}

impl Received {
    pub(super) fn path(&self) -> &str {
        self.parts.uri.path()
    }
}

type Respond = Arc<dyn Fn(&Received) -> Option<Response> + Send + Sync>;

/// Sends the responses that a test sets, and 404 until then.
#[derive(Clone)]
pub(super) struct Issuer {
    pub(super) url: String,
    respond: Arc<Mutex<Respond>>,
    received: Arc<Mutex<Vec<Received>>>,
    delay: Arc<AtomicU64>,
}

impl Issuer {
    pub(super) async fn start() -> Self {
        let (listener, url) = listen().await;
        let not_found: Respond = Arc::new(|_| None);
        let respond = Arc::new(Mutex::new(not_found));
        let issuer = Self { url, respond, received: Arc::default(), delay: Arc::default() };
        let app = Router::new().fallback(Self::receive).with_state(issuer.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        issuer
    }

    async fn receive(State(issuer): State<Self>, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a whole body").to_vec();
        let received = Received { parts, body };
        let posted = received.parts.method == Method::POST;
        issuer.received.lock().expect("not poisoned").push(received.clone());
        if posted {
            tokio::time::sleep(Duration::from_millis(issuer.delay.load(Ordering::Relaxed))).await;
        }
        let respond = Arc::clone(&issuer.respond.lock().expect("not poisoned"));
        respond(&received).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
    }

    /// Sets the response to each request; `None` is 404.
    pub(super) fn respond(&self, respond: impl Fn(&Received) -> Option<Response> + Send + Sync + 'static) {
        *self.respond.lock().expect("not poisoned") = Arc::new(respond);
    }

    /// Delays the responses to POST requests.
    pub(super) fn delay(&self, delay: Duration) {
        self.delay.store(u64::try_from(delay.as_millis()).expect("milliseconds"), Ordering::Relaxed);
    }

    /// Returns the requests to a path, the first one first.
    pub(super) fn received(&self, path: &str) -> Vec<Received> {
        let received = self.received.lock().expect("not poisoned");
        received.iter().filter(|request| request.path() == path).cloned().collect()
    }
}
