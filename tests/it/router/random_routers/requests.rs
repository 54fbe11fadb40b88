//! The handlers of random routers, and requests to them.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, call, token};

#[requires_scopes("me")]
pub(super) async fn me() {}

#[requires_scopes("items")]
pub(super) async fn items() {}

#[requires_scopes(any("items:write", BillingScope::Invoices))]
pub(super) async fn either() {}

#[requires_scopes]
pub(super) async fn any_token() {}

#[public]
pub(super) async fn open() {}

static ACCEPTED: OnceLock<Extensions> = OnceLock::new();

pub(super) fn accepted_extensions() -> &'static Extensions {
    ACCEPTED.get().expect("captured before other routers are built")
}

/// Keeps the extensions that an accepted request has when the layers of its handler run.
pub(super) async fn capture_extensions() {
    async fn keep(request: Request, next: Next) -> Response {
        ACCEPTED.get_or_init(|| request.extensions().clone());
        next.run(request).await
    }
    let app =
        served(ScopedRouter::new().route("/", get(axum::handler::Handler::layer(items, from_fn(keep)))));
    assert_eq!(status(&app, "GET", "/", Some(&["items"])).await, StatusCode::OK);
}

pub(super) fn served(router: ScopedRouter<ResourceServer>) -> Router {
    static SERVER: OnceLock<ResourceServer> = OnceLock::new();
    Router::from(router.with_state(SERVER.get_or_init(|| ResourceServer::new(Readable::default())).clone()))
}

/// Returns a token with these scopes. The decoder of the tests reads no scopes from the token `~`.
fn token_with(scopes: &[&str]) -> String {
    if scopes.is_empty() { "~".to_owned() } else { token(&scopes.join(" ")) }
}

pub(super) fn credentials(scopes: &[&str]) -> HeaderValue {
    HeaderValue::try_from(format!("Bearer {}", token_with(scopes))).expect("a header value")
}

pub(super) async fn status(app: &Router, method: &str, path: &str, granted: Option<&[&str]>) -> StatusCode {
    call(app, method, path, granted.map(token_with).as_deref()).await.status
}
