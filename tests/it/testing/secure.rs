//! Secure applications with custom responses for unlisted methods and paths. The matrix passes them.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use scopes_runtime::router::{any, get, unchecked};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("me")]
async fn read_me() {}

#[requires_scopes("items")]
async fn items() {}

#[public]
async fn health() {}

#[public]
async fn help() -> &'static str {
    "The API takes GET."
}

fn routes() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/me", get(read_me))
        .route("/items/{id}", any(items))
        .route("/slash/", get(items))
        .route("/health", get(health))
}

async fn check(change: impl FnOnce(Router) -> Router) {
    let issuer = TestIssuer::new();
    let app = Router::from(routes().with_state(issuer.resource_server()));
    issuer.matrix(&routes()).check(change(app)).await;
}

async fn cors(request: Request, next: Next, header: header::HeaderName) -> Response {
    match *request.method() {
        Method::OPTIONS => ([(header, "access-control-request-method")], Body::empty()).into_response(),
        _ => next.run(request).await,
    }
}

/// Some CORS layers respond to every `OPTIONS` request.
#[tokio::test]
async fn a_cors_layer_may_respond_to_options() {
    for name in [header::VARY, header::ACCESS_CONTROL_ALLOW_METHODS, header::ALLOW] {
        check(|app| app.layer(from_fn(move |request, next| cors(request, next, name.clone())))).await;
    }
}

#[tokio::test]
async fn a_fallback_may_be_open() {
    check(|app| app.fallback(async || Html("<p>the web application</p>"))).await;
    let issuer = TestIssuer::new();
    let routes =
        || routes().fallback_service(Router::<()>::new().fallback(async || "a file"), unchecked("a page"));
    issuer.matrix(&routes()).check(routes().with_state(issuer.resource_server())).await;
}

#[tokio::test]
async fn a_method_not_allowed_fallback_may_be_open() {
    let issuer = TestIssuer::new();
    let routes = || routes().method_not_allowed_fallback(help);
    issuer.matrix(&routes()).check(routes().with_state(issuer.resource_server())).await;
}

#[tokio::test]
async fn unlisted_methods_may_be_404() {
    check(|app| {
        app.layer(from_fn(async |request: Request, next: Next| {
            let response = next.run(request).await;
            match response.status() {
                StatusCode::METHOD_NOT_ALLOWED => StatusCode::NOT_FOUND.into_response(),
                _ => response,
            }
        }))
    })
    .await;
}

#[tokio::test]
async fn a_trailing_slash_may_redirect() {
    check(|app| {
        app.fallback(async |request: Request| match request.uri().path().strip_suffix('/') {
            Some(path) => Redirect::permanent(path).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        })
    })
    .await;
}
