//! Requests to scoped and public operations, and their responses.

mod credentials;
mod refusals;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get as on_get, post};
use scopes_runtime::{
    AccessToken, AuthError, RequiredScopes, ResourceServer, public, requires_scopes, scopes,
};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Answer, Readable, Scope};

#[requires_scopes("me", "items")]
async fn items() -> &'static str {
    "items"
}

#[requires_scopes]
async fn status() -> &'static str {
    "ok"
}

#[requires_scopes(any("items:write", all("me", "items")))]
async fn either() -> &'static str {
    "either"
}

#[requires_scopes(any(all("me", "items"), all(BillingScope::InvoicesRead, "items:write")))]
async fn pairs() -> &'static str {
    "pairs"
}

#[requires_scopes(any(all("me", "items"), "items:write"))]
async fn narrow_first() -> &'static str {
    "narrow first"
}

#[requires_scopes("items")]
async fn numbered(Path(number): Path<u32>) -> String {
    number.to_string()
}

#[requires_scopes("items")]
async fn with_body(axum::Json(number): axum::Json<u32>) -> String {
    number.to_string()
}

#[requires_scopes("me", may_require("items:write"))]
async fn later(token: AccessToken) -> Result<&'static str, AuthError> {
    token.require(scopes!("items:write"))?;
    Ok("written")
}

#[requires_scopes("me", "items")]
async fn explain(required: RequiredScopes) -> String {
    required.to_string()
}

#[public]
async fn open(token: Option<AccessToken>) -> String {
    token.map_or_else(|| "anonymous".to_owned(), |token| token.subject().unwrap_or_default().to_owned())
}

fn app_of(server: ResourceServer) -> Router {
    Router::new()
        .route("/items", on_get(items))
        .route("/status", on_get(status))
        .route("/either", on_get(either))
        .route("/narrow-first", on_get(narrow_first))
        .route("/pairs", on_get(pairs))
        .route("/numbered/{number}", on_get(numbered))
        .route("/with-body", post(with_body))
        .route("/later", on_get(later))
        .route("/explain", on_get(explain))
        .route("/open", on_get(open))
        .with_state(server)
}

fn app() -> Router {
    app_of(ResourceServer::new(Readable::default()))
}

fn assert_refused(answer: &Answer, status: StatusCode, challenge: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.challenge(), Some(challenge));
    assert_eq!(answer.headers[CONTENT_TYPE], "application/problem+json");
}
