//! Refusals in the format of the application.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::{AccessToken, AuthError, ResourceServer, requires_scopes, scopes};
use scopes_tests::{Answer, Readable, Scope, bearer, call, send, token};
use serde_json::json;

#[requires_scopes("items", may_require("me"))]
async fn read(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("me"))
}

#[requires_scopes]
async fn deleted(token: AccessToken) -> AuthError {
    token.refuse()
}

async fn without_attribute(_: AccessToken) {}

fn app(server: ResourceServer) -> Router {
    let scoped = ScopedRouter::new()
        .route("/read", get(read))
        .route("/deleted", get(deleted))
        .with_state(server.clone());
    let plain = Router::new()
        .route("/plain", axum::routing::get(without_attribute))
        .route("/plain-read", axum::routing::get(read))
        .with_state(server);
    Router::from(scoped).merge(plain)
}

/// Tries to change everything that the server sets.
fn own(error: &AuthError) -> impl IntoResponse + use<> {
    let headers = [
        (header::WWW_AUTHENTICATE, "Basic"),
        (header::RETRY_AFTER, "never"),
        (HeaderName::from_static("dpop-nonce"), "another"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let scope = error.challenge().and_then(|challenge| challenge.scope());
    let body = json!({
        "code": error.code(),
        "reason": error.reason(),
        "message": error.to_string(),
        "scope": scope,
    });
    (StatusCode::OK, headers, Json(body))
}

fn server() -> ResourceServer {
    ResourceServer::builder(Readable::default()).refusal_response(own).build().expect("a realm")
}

const ALL: [(&str, Option<&str>); 12] = [
    ("/read", None),
    ("/read", Some("bad")),
    ("/read", Some("down")),
    ("/read", Some("?")),
    ("/read", Some("me")),
    ("/read", Some("items")),
    ("/deleted", Some("me")),
    ("/plain", None),
    ("/plain", Some("bad")),
    ("/plain", Some("down")),
    ("/plain-read", Some("me")),
    ("/plain-read", Some("items")),
];

async fn answers(path: &str, token: Option<&str>) -> (Answer, Answer) {
    let default = app(ResourceServer::new(Readable::default()));
    (call(&default, "GET", path, token).await, call(&app(server()), "GET", path, token).await)
}

#[tokio::test]
async fn every_refusal_has_the_body_of_the_application() {
    for (path, token) in ALL {
        let (default, own) = answers(path, token).await;
        let problem = default.json();
        let without_code = if token.is_none() { "missing_token" } else { "unavailable" };
        let expected = json!({
            "code": problem.get("error"),
            "reason": problem.get("error").unwrap_or(&json!(without_code)),
            "message": problem["detail"],
            "scope": problem.get("scope"),
        });
        assert_eq!(own.json(), expected, "{path} {token:?}");
        assert_eq!(own.headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(own.headers[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn status_and_challenge_are_those_of_the_error() {
    for (path, token) in ALL {
        let (default, own) = answers(path, token).await;
        assert_eq!(own.status, default.status, "{path} {token:?}");
        let dpop_nonce = HeaderName::from_static("dpop-nonce");
        for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER, dpop_nonce] {
            let all = |answer: &Answer| -> Vec<HeaderValue> {
                answer.headers.get_all(&name).iter().cloned().collect()
            };
            assert_eq!(all(&own), all(&default), "{path} {token:?}");
        }
    }
}

#[tokio::test]
async fn a_renderer_may_convert_the_error_itself() {
    let builder = ResourceServer::builder(Readable::default());
    let server = builder.refusal_response(|error| error.clone().into_response()).build().expect("a realm");
    let own = call(&app(server), "GET", "/read", None).await;
    let default = call(&app(ResourceServer::new(Readable::default())), "GET", "/read", None).await;
    assert_eq!((own.text, own.headers), (default.text, default.headers));
}

#[tokio::test]
async fn the_error_in_the_response_has_the_format_of_the_application() {
    async fn again(request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        match response.extensions().get::<AuthError>().cloned() {
            Some(error) => error.into_response(),
            None => response,
        }
    }
    let again = call(&app(server()).layer(from_fn(again)), "GET", "/read", None).await;
    let once = call(&app(server()), "GET", "/read", None).await;
    assert_eq!((again.text, again.headers), (once.text, once.headers));
}

#[tokio::test]
async fn a_renderer_finds_the_required_login() {
    #[requires_scopes(acr = any("mfa", "hwk"), max_age = 300)]
    async fn pay() {}
    let builder = ResourceServer::builder(Readable::default()).refusal_response(|error| {
        let challenge = error.challenge().expect("a challenge");
        Json(json!([
            challenge.acr_values(),
            challenge.max_age(),
            challenge.scope(),
            challenge.alternatives()
        ]))
    });
    let server = builder.build().expect("a realm");
    let app = Router::new().route("/", axum::routing::get(pay)).with_state(server);
    assert_eq!(call(&app, "GET", "/", Some("me")).await.json(), json!(["mfa hwk", 300, null, []]));
    assert_eq!(call(&app, "GET", "/", None).await.json(), json!([null, null, null, []]));
}

#[tokio::test]
async fn middleware_finds_the_error_in_the_response() {
    /// Answers browsers in HTML.
    async fn negotiate(request: Request, next: Next) -> Response {
        let accepts_html = request.headers().get(header::ACCEPT).is_some_and(|accept| accept == "text/html");
        let response = next.run(request).await;
        match response.extensions().get::<AuthError>().cloned() {
            Some(error) if accepts_html => {
                let page = Html(format!("<h1>{error}</h1>"));
                error.into_response_with(page)
            }
            _ => response,
        }
    }

    for server in [server(), ResourceServer::new(Readable::default())] {
        let app = app(server).layer(from_fn(negotiate));
        let request = Request::get("/read").header(header::ACCEPT, "text/html");
        let request =
            request.header(header::AUTHORIZATION, bearer("me")).body(Body::empty()).expect("a request");
        let answer = send(&app, request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(
            answer.text,
            "<h1>The access token lacks a required scope. Obtain a token that has it.</h1>"
        );
        assert_eq!(
            answer.challenge(),
            Some(r#"Bearer realm="api", error="insufficient_scope", scope="items""#)
        );
        assert!(call(&app, "GET", "/read", Some(&token("items me"))).await.text.is_empty());
    }
}

#[tokio::test]
async fn the_error_of_an_unavailable_decoder_has_the_time_to_retry() {
    async fn reads(token: Result<AccessToken, AuthError>) -> String {
        let AuthError::Unavailable(unavailable) = token.expect_err("an error") else {
            panic!("another error")
        };
        assert_eq!(unavailable.retry_after(), Duration::from_millis(6500));
        "read".to_owned()
    }
    let app = Router::new().route("/", axum::routing::get(reads)).with_state(server());
    assert_eq!(call(&app, "GET", "/", Some("down")).await.text, "read");
}

#[tokio::test]
async fn a_challenge_lists_its_alternatives() {
    async fn reads(token: AccessToken) -> String {
        let error = token.require(scopes!(any("me", "items:write"))).expect_err("an error");
        error.challenge().expect("a challenge").alternatives().join(" or ")
    }
    let app = Router::new().route("/", axum::routing::get(reads)).with_state(server());
    assert_eq!(call(&app, "GET", "/", Some("items")).await.text, "me or items:write");
}
