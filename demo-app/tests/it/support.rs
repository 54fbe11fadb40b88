//! A client of the application, and its responses.

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, header, request::Builder},
};
use demo_app::{AppState, Database, DpopMode, JwtSecret, Tokens, app};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const SECRET: &str = "a secret of the tests, long enough for HS256";
pub(crate) const ISSUER: &str = "http://demo.test";

/// The application with a database.
#[derive(Clone)]
pub(crate) struct Demo(Router);

pub(crate) struct TestResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Demo {
    /// Creates the application with a database in memory.
    pub(crate) async fn new() -> Self {
        Self::on(Database::open(":memory:").await.unwrap())
    }

    pub(crate) fn on(database: Database) -> Self {
        let secret = JwtSecret::from(SECRET.to_owned());
        let tokens = Tokens::signed_with_secret(
            ISSUER.to_owned(),
            "demo-app".to_owned(),
            &secret,
            DpopMode::Off,
            None,
        );
        Self::with(database, tokens.unwrap())
    }

    pub(crate) fn with(database: Database, tokens: Tokens) -> Self {
        Self(app(AppState::new(database, tokens)))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> TestResponse {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        TestResponse { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> TestResponse {
        self.send(with_token(Request::get(path), token).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_without_token(&self, path: &str) -> TestResponse {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_json(&self, path: &str, token: &str, body: impl Into<Body>) -> TestResponse {
        let request = with_token(Request::post(path), token).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Sends a form that is already URL-encoded.
    pub(crate) async fn post_form(&self, path: &str, form: impl Into<Body>) -> TestResponse {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(form.into()).unwrap()).await
    }

    pub(crate) async fn request_token(&self, username: &str, password: &str, scope: &str) -> TestResponse {
        let scope = scope.replace(' ', "+");
        let form = format!("grant_type=password&username={username}&password={password}&scope={scope}");
        self.post_form("/token", form).await
    }

    pub(crate) async fn log_in(&self, username: &str, password: &str, scope: &str) -> String {
        let response = self.request_token(username, password, scope).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.text());
        response.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Returns a token of johndoe.
    pub(crate) async fn token(&self, scope: &str) -> String {
        self.log_in("johndoe", "secret", scope).await
    }
}

fn with_token(request: Builder, token: &str) -> Builder {
    request.header(header::AUTHORIZATION, format!("Bearer {token}"))
}

impl TestResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn challenge(&self) -> Option<&str> {
        self.header("www-authenticate")
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the `detail` of a problem and asserts its status.
    #[track_caller]
    pub(crate) fn problem(&self, status: StatusCode) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["status"], status.as_u16());
        assert_eq!(problem["title"], status.canonical_reason().unwrap());
        problem["detail"].as_str().unwrap().to_owned()
    }
}
