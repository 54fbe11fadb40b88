//! Which requests are accepted.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use scopes_runtime::{ResourceServer, ScopedRouter, scopes};
use scopes_tests::{Readable, Scope, bearer, send};

use super::{router, signed};

async fn status(app: &Router, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    send(app, request.body(Body::from(body.to_owned())).expect("a request")).await.status.as_u16()
}

fn app() -> Router {
    router().with_state(ResourceServer::new(Readable::default())).into()
}

#[tokio::test]
async fn an_authenticated_handler_is_called_with_its_credentials_alone() {
    let decoder = Readable::default();
    let app = router().with_state(ResourceServer::new(decoder.clone())).into();
    let (key, wrong, token) =
        (("X-Api-Key", "valid"), ("X-Api-Key", "other"), ("Authorization", bearer("me items")));
    let token = (token.0, token.1.as_str());
    for path in ["/prices", "/listing"] {
        assert_eq!(status(&app, "GET", path, &[], "").await, 401, "{path}");
        assert_eq!(status(&app, "GET", path, &[wrong], "").await, 401, "{path}");
        assert_eq!(status(&app, "GET", path, &[token], "").await, 401, "{path}");
        assert_eq!(status(&app, "GET", path, &[key], "").await, 200, "{path}");
        assert_eq!(
            status(&app, "GET", path, &[key, ("Authorization", "Bearer bad")], "").await,
            200,
            "{path}"
        );
    }
    assert_eq!(decoder.decoded(), 0);
}

#[tokio::test]
async fn a_signature_covers_the_body() {
    let app = app();
    let (key, signature) = (("X-Api-Key", "valid"), signed(b"paid"));
    let signature = ("X-Signature", signature.as_str());
    assert_eq!(status(&app, "POST", "/events/1", &[key, signature], "paid").await, 200);
    assert_eq!(status(&app, "POST", "/events/1", &[key, signature], "said").await, 403);
    assert_eq!(status(&app, "POST", "/events/1", &[signature], "paid").await, 401);
    assert_eq!(status(&app, "POST", "/events/1", &[key], "paid").await, 401);
}

#[tokio::test]
async fn a_scoped_handler_requires_the_token_and_the_credentials() {
    let app = app();
    let key = ("X-Api-Key", "valid");
    for (path, scope) in [("/items", "items"), ("/user", "me")] {
        let sufficient = bearer(scope);
        let token = ("Authorization", sufficient.as_str());
        assert_eq!(status(&app, "GET", path, &[token, key], "").await, 200, "{path}");
        assert_eq!(status(&app, "GET", path, &[token], "").await, 401, "{path}");
        assert_eq!(status(&app, "GET", path, &[key], "").await, 401, "{path}");
        let other = bearer("other");
        assert_eq!(status(&app, "GET", path, &[("Authorization", &other), key], "").await, 403, "{path}");
    }
}

#[tokio::test]
async fn the_token_is_checked_before_the_credentials() {
    let request = Request::builder().uri("/items").body(Body::empty()).expect("a request");
    let answer = send(&app(), request).await;
    assert_eq!(answer.challenge(), Some(r#"Bearer realm="api", scope="items""#));
}

#[tokio::test]
async fn a_public_handler_can_take_optional_credentials() {
    let app = app();
    assert_eq!(status(&app, "GET", "/greeting", &[], "").await, 200);
    assert_eq!(status(&app, "GET", "/greeting", &[("X-Api-Key", "valid")], "").await, 200);
}

#[tokio::test]
async fn axums_own_router_serves_the_handlers_too() {
    let app = Router::new()
        .route("/prices", axum::routing::get(super::prices))
        .route("/items", axum::routing::get(super::items))
        .with_state(ResourceServer::new(Readable::default()));
    assert_eq!(status(&app, "GET", "/prices", &[], "").await, 401);
    assert_eq!(status(&app, "GET", "/prices", &[("X-Api-Key", "valid")], "").await, 200);
    assert_eq!(status(&app, "GET", "/items", &[("X-Api-Key", "valid")], "").await, 401);
}

#[test]
#[should_panic(
    expected = "the handler of `/prices` is authenticated by credentials without a token; add it after `require`"
)]
fn a_router_cannot_require_scopes_of_an_authenticated_handler() {
    let router =
        ScopedRouter::<ResourceServer>::new().route("/prices", scopes_runtime::router::get(super::prices));
    let _ = router.require(scopes!("items"));
}
