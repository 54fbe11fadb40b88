//! Functions, which their guard alone checks, for requests that another operation or a layer has had before.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request, State};
use axum::http::{HeaderName, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use scopes_runtime::router::get;
use scopes_runtime::{AccessToken, RequiredScopes, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::{Cached, Scope, bearer, send};
use tower::ServiceExt as _;

const TO: HeaderName = HeaderName::from_static("to");
const OTHER_TOKEN: HeaderName = HeaderName::from_static("other-token");

/// A handler without extractors of the token is checked without a context, because the token is in the cache.
fn server() -> ResourceServer {
    ResourceServer::new(Cached::default())
}

#[requires_scopes("me")]
async fn me() {}

#[requires_scopes("me")]
async fn me_with_token(_: AccessToken, required: RequiredScopes) -> String {
    required.to_string()
}

#[public]
async fn open(required: RequiredScopes) -> String {
    required.to_string()
}

#[derive(Clone, FromRef)]
struct Outer {
    server: ResourceServer,
    inner: Router,
}

/// Sends the request, with its extensions, to another router.
#[requires_scopes("items")]
async fn forward(State(inner): State<Router>, mut request: Request) -> Response {
    let to: Uri = request.headers()[TO].to_str().expect("text").parse().expect("a path");
    *request.uri_mut() = to;
    let Ok(response) = inner.oneshot(request).await;
    response
}

fn request(path: &str, scopes: &str, name: HeaderName, value: &str) -> Request {
    let request = Request::get(path).header("authorization", bearer(scopes)).header(name, value);
    request.body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn a_forwarded_request_is_checked_for_its_second_operation() {
    let server = server();
    let inner = ScopedRouter::new()
        .route("/me", get(me))
        .route("/token", get(me_with_token))
        .route("/open", get(open))
        .with_state(server.clone());
    let state = Outer { server, inner: inner.into() };
    let outer = Router::from(ScopedRouter::new().route("/", get(forward)).with_state(state));
    for (to, scopes, status, text) in [
        ("/me", "items", StatusCode::FORBIDDEN, None),
        ("/token", "items", StatusCode::FORBIDDEN, None),
        ("/me", "items me", StatusCode::OK, Some("")),
        ("/token", "items me", StatusCode::OK, Some("me")),
        ("/open", "items", StatusCode::OK, Some("")),
    ] {
        let answer = send(&outer, request("/", scopes, TO, to)).await;
        assert_eq!(answer.status, status, "{to} with {scopes}");
        assert!(text.is_none_or(|text| answer.text == text), "{to} with {scopes}: {}", answer.text);
    }
}

async fn replace_token(mut request: Request, next: Next) -> Response {
    let other = request.headers()[OTHER_TOKEN].clone();
    request.headers_mut().insert("authorization", other);
    next.run(request).await
}

async fn read_token(_: Option<AccessToken>, request: Request, next: Next) -> Response {
    next.run(request).await
}

#[tokio::test]
async fn a_token_that_a_layer_has_replaced_after_it_was_read_does_not_count() {
    let (server, other) = (server(), server());
    for reader in [&server, &other] {
        let reads = || from_fn_with_state(reader.clone(), read_token);
        let router = ScopedRouter::new()
            .route("/me", get(me).layer(from_fn(replace_token)).layer(reads()))
            .route("/token", get(me_with_token).layer(from_fn(replace_token)))
            .layer(reads())
            .with_state(server.clone());
        let app = Router::from(router);
        for path in ["/me", "/token"] {
            for (read, replaced, status) in [
                ("me", "items", StatusCode::FORBIDDEN),
                ("me", "bad", StatusCode::UNAUTHORIZED),
                ("items", "me", StatusCode::OK),
            ] {
                let request = request(path, read, OTHER_TOKEN, &bearer(replaced));
                assert_eq!(send(&app, request).await.status, status, "{path}: {read}, then {replaced}");
            }
        }
    }
}
