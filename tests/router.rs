//! `ScopedRouter` serves as axum's `Router` does, and every way in is guarded.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Method, Request, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use scopes_runtime::router::{any, connect, delete, get, head, options, patch, post, put, trace};
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::{Answer, Readable, Scope, send};

#[requires_scopes("items")]
async fn items(method: Method) -> String {
    format!("items by {method}")
}

#[requires_scopes("me")]
async fn user(Path(name): Path<String>) -> String {
    name
}

#[public]
async fn open() -> &'static str {
    "open"
}

#[requires_scopes("me")]
async fn nothing_here() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "nothing here")
}

#[public]
async fn another_method() -> (StatusCode, &'static str) {
    (StatusCode::METHOD_NOT_ALLOWED, "another method")
}

fn served(router: ScopedRouter<ResourceServer>) -> Router {
    Router::from(router.with_state(ResourceServer::new(Readable::default())))
}

async fn ask(app: &Router, method: &str, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    send(app, request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn every_method_is_guarded() {
    let started = [
        ("CONNECT", connect(items)),
        ("DELETE", delete(items)),
        ("GET", get(items)),
        ("HEAD", head(items)),
        ("OPTIONS", options(items)),
        ("PATCH", patch(items)),
        ("POST", post(items)),
        ("PUT", put(items)),
        ("TRACE", trace(items)),
        ("PURGE", any(items)),
    ];
    let chained = get(items).connect(items).delete(items).head(items).options(items);
    let chained =
        served(ScopedRouter::new().route("/", chained.patch(items).post(items).put(items).trace(items)));
    for (method, methods) in started {
        let mut apps = vec![served(ScopedRouter::new().route("/", methods))];
        if method != "PURGE" {
            apps.push(chained.clone());
        }
        for app in apps {
            assert_eq!(ask(&app, method, "/", None).await.status, StatusCode::UNAUTHORIZED, "{method}");
            assert_eq!(ask(&app, method, "/", Some("me")).await.status, StatusCode::FORBIDDEN, "{method}");
            let answer = ask(&app, method, "/", Some("items")).await;
            assert_eq!(answer.status, StatusCode::OK, "{method}");
            let bodiless = ["CONNECT", "HEAD"].contains(&method);
            let body = if bodiless { String::new() } else { format!("items by {method}") };
            assert_eq!(answer.text, body);
        }
    }
}

#[tokio::test]
async fn head_without_a_handler_is_guarded_as_get() {
    let app = served(ScopedRouter::new().route("/", get(items)));
    assert_eq!(ask(&app, "HEAD", "/", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&app, "HEAD", "/", Some("items")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn routers_are_merged_nested_and_cloned() {
    let users = ScopedRouter::new().route("/{name}", get(user));
    let other = ScopedRouter::new().route("/open", get(open));
    let router = ScopedRouter::default().route("/items", get(items)).nest("/users", users).merge(other);
    for app in [served(router.clone()), served(router)] {
        assert_eq!(ask(&app, "GET", "/users/alice", None).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&app, "GET", "/users/alice", Some("me")).await.text, "alice");
        assert_eq!(ask(&app, "GET", "/items", Some("items")).await.text, "items by GET");
        assert_eq!(ask(&app, "GET", "/open", None).await.text, "open");
    }
}

#[tokio::test]
async fn fallbacks_are_guarded() {
    let router = ScopedRouter::new().route("/items", get(items));
    let app = served(router.fallback(nothing_here).method_not_allowed_fallback(another_method));
    assert_eq!(ask(&app, "GET", "/nowhere", None).await.status, StatusCode::UNAUTHORIZED);
    let answer = ask(&app, "GET", "/nowhere", Some("me")).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_FOUND, "nothing here"));
    let answer = ask(&app, "POST", "/items", None).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::METHOD_NOT_ALLOWED, "another method"));
}

#[tokio::test]
async fn layers_stand_around_what_was_added_before() {
    async fn mark(mut response: Response) -> Response {
        response.headers_mut().insert("x-layer", "here".parse().expect("a value"));
        response
    }
    let marked = |answer: &Answer| answer.headers.contains_key("x-layer");

    let router = || ScopedRouter::new().route("/inside", get(open));
    let app = served(router().layer(map_response(mark)).route("/outside", get(open)));
    assert!(marked(&ask(&app, "GET", "/inside", None).await));
    assert!(!marked(&ask(&app, "GET", "/outside", None).await));
    assert!(marked(&ask(&app, "GET", "/nowhere", None).await));

    let app = served(router().route_layer(map_response(mark)));
    assert!(marked(&ask(&app, "GET", "/inside", None).await));
    assert!(!marked(&ask(&app, "GET", "/nowhere", None).await));
}

#[tokio::test]
async fn a_scoped_router_goes_on_as_a_router_of_axum() {
    let inner = ScopedRouter::<()>::new().route("/open", get(open));
    let app: Router = Router::new().merge(inner);
    assert_eq!(ask(&app, "GET", "/open", None).await.text, "open");
}
