//! Tokens that are bound to their sender.

mod dpop;
mod mutual_tls;
mod one_request;
mod redis;
mod replay;
mod required;
mod required_matrix;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use scopes_runtime::router::{get, post};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::{Answer, Scope, send};

const BASE: &str = "https://api.test";

#[requires_scopes("items")]
async fn items(token: AccessToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[requires_scopes("items:write", may_require("me"))]
async fn create(token: AccessToken) -> Result<(), scopes_runtime::AuthError> {
    token.require(scopes_runtime::scopes!("me"))
}

fn app(server: ResourceServer) -> Router {
    let nested = ScopedRouter::new().route("/items", get(items).post(create));
    let routes =
        ScopedRouter::new().route("/items", get(items)).route("/other", post(create)).nest("/v1", nested);
    Router::from(routes.with_state(server))
}

/// Sends a request with these headers.
async fn request(app: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request =
        headers.iter().fold(Request::builder().method(method).uri(path), |request, (name, value)| {
            request.header(*name, *value)
        });
    send(app, request.body(Body::empty()).expect("a request")).await
}

/// Returns the `error` of the first challenge, and the whole header.
fn challenge(answer: &Answer) -> &str {
    answer.challenge().unwrap_or_default()
}
