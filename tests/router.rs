//! `ScopedRouter` serves as axum's `Router` does, and every way in is guarded.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::handler::Handler;
use axum::http::{Method, Request, StatusCode};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::router::{any, connect, delete, get, head, options, patch, post, put, trace};
use scopes_runtime::{RequiredScopes, ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Answer, Readable, Scope, send, token};
use serde_json::{Value, json};
use tower::ServiceExt as _;

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
async fn routers_are_merged_and_nested() {
    let users = ScopedRouter::new().route("/{name}", get(user));
    let other = ScopedRouter::new().route("/open", get(open));
    let router = ScopedRouter::default().route("/items", get(items)).nest("/users", users).merge(other);
    let app = served(router);
    assert_eq!(ask(&app, "GET", "/users/alice", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&app, "GET", "/users/alice", Some("me")).await.text, "alice");
    assert_eq!(ask(&app, "GET", "/items", Some("items")).await.text, "items by GET");
    assert_eq!(ask(&app, "GET", "/open", None).await.text, "open");
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

#[requires_scopes]
async fn explain(required: RequiredScopes) -> String {
    required.to_string()
}

#[tokio::test]
async fn a_router_requires_more_of_the_routes_that_it_has() {
    let decoder = Readable::default();
    let inner = ScopedRouter::new().route("/explain", get(explain)).require(scopes!(any("me", "items")));
    let router = ScopedRouter::new()
        .route("/items", get(items).post(explain))
        .nest("/inner", inner)
        .require(scopes!(BillingScope::Billing))
        .route("/later", get(items).post(items))
        .fallback(nothing_here)
        .method_not_allowed_fallback(another_method);
    let (router, document) = router.split_for_parts();
    let document = serde_json::to_value(document).expect("a document is JSON");
    let app = router.with_state(ResourceServer::new(decoder.clone()));

    let cases = [
        ("GET", "/items", json!([{ "oauth2": ["items", "billing"] }]), "items billing", 200),
        ("GET", "/items", Value::Null, "items", 403),
        ("GET", "/items", Value::Null, "billing", 403),
        ("POST", "/items", json!([{ "oauth2": ["billing"] }]), "billing", 200),
        ("POST", "/items", Value::Null, "me", 403),
        (
            "GET",
            "/inner/explain",
            json!([{ "oauth2": ["me", "billing"] }, { "oauth2": ["items", "billing"] }]),
            "billing me",
            200,
        ),
        ("GET", "/inner/explain", Value::Null, "billing items:write", 200),
        ("GET", "/inner/explain", Value::Null, "billing", 403),
        ("GET", "/inner/explain", Value::Null, "items me", 403),
        ("GET", "/later", json!([{ "oauth2": ["items"] }]), "items", 200),
        ("GET", "/nowhere", Value::Null, "me", 404),
        ("GET", "/items/", Value::Null, "me", 404),
    ];
    for (method, path, security, granted, status) in cases {
        let before = decoder.decoded();
        let answer = ask(&app, method, path, Some(&token(granted))).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} with {granted}");
        assert_eq!(decoder.decoded() - before, 1, "one decode");
        if !security.is_null() {
            assert_eq!(document["paths"][path][method.to_lowercase()]["security"], security, "{path}");
        }
    }
    assert_eq!(
        ask(&app, "GET", "/inner/explain", Some(&token("billing me"))).await.text,
        "me billing or items billing"
    );
    let refused = ask(&app, "GET", "/inner/explain", Some(&token("me"))).await;
    assert_eq!(
        refused.challenge(),
        Some(r#"Bearer realm="api", error="insufficient_scope", scope="me billing""#)
    );
    let anonymous = ask(&app, "GET", "/items", None).await;
    assert_eq!(anonymous.challenge(), Some(r#"Bearer realm="api", scope="items billing""#));
}

/// Whatever a middleware between the router and its route makes of the request.
#[tokio::test]
async fn what_a_router_requires_survives_the_layers_below() {
    fn fresh(request: &Request<Body>) -> Request<Body> {
        let mut fresh = Request::new(Body::empty());
        fresh.uri_mut().clone_from(request.uri());
        fresh.headers_mut().clone_from(request.headers());
        fresh
    }
    async fn another_request(request: Request<Body>, next: Next) -> Response {
        tokio::task::yield_now().await;
        next.run(fresh(&request)).await
    }
    async fn another_task(request: Request<Body>, next: Next) -> Response {
        tokio::spawn(next.run(fresh(&request))).await.expect("no panic")
    }
    async fn without_extensions(mut request: Request<Body>, next: Next) -> Response {
        request.extensions_mut().clear();
        next.run(request).await
    }
    /// The answer is made when somebody reads its body.
    async fn in_the_body(request: Request<Body>, next: Next) -> Response {
        let answer = async move { Ok::<_, Infallible>(next.run(fresh(&request)).await.status().to_string()) };
        Body::from_stream(futures_util::stream::once(answer)).into_response()
    }
    let within = |path| ScopedRouter::new().route(path, get(items));
    let inner = within("/fresh")
        .layer(from_fn(another_request))
        .merge(within("/spawned").layer(from_fn(another_task)))
        .merge(within("/cleared").layer(from_fn(without_extensions)))
        .merge(within("/body").layer(from_fn(in_the_body)))
        .require(scopes!("me"));
    let router = ScopedRouter::new().nest("/in", inner).require(scopes!(BillingScope::Billing));
    let app = served(router.route("/free", get(items)));
    for path in ["/in/fresh", "/in/spawned", "/in/cleared", "/in/body"] {
        let status = async |granted: &str| {
            let answer = ask(&app, "GET", path, Some(&token(granted))).await;
            if path == "/in/body" { answer.text } else { answer.status.to_string() }
        };
        for granted in ["items", "items me", "items billing"] {
            assert_eq!(status(granted).await, "403 Forbidden", "{path} with {granted}");
        }
        assert_eq!(status("items me billing").await, "200 OK", "{path}");
        assert_eq!(ask(&app, "GET", "/free", Some("items")).await.status, StatusCode::OK);
    }
}

/// A handler that asks another router, with the request it got or with one of its own.
#[tokio::test]
async fn what_a_router_requires_is_of_its_routes_alone() {
    #[requires_scopes("items")]
    async fn forward(request: Request<Body>) -> Response {
        let other = served(ScopedRouter::new().route("/forward", get(items)));
        other.oneshot(request).await.unwrap_or_else(|never| match never {})
    }
    let router = ScopedRouter::new().route("/forward", get(forward)).require(scopes!("me"));
    let app = served(router);
    assert_eq!(ask(&app, "GET", "/forward", Some("items")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&app, "GET", "/forward", Some(&token("items me"))).await.text, "items by GET");
}

#[test]
fn a_router_cannot_require_scopes_where_nothing_would_check_them() {
    let message = |build: fn() -> ScopedRouter<ResourceServer>| {
        let panic = std::panic::catch_unwind(|| drop(build())).expect_err("a panic");
        let text = |panic: Box<dyn std::any::Any + Send>| panic.downcast::<&str>().map(|it| it.to_string());
        panic.downcast::<String>().map(|it| *it).or_else(text).expect("a message")
    };
    assert_eq!(
        message(|| ScopedRouter::new().route("/open", get(open)).require(scopes!("me"))),
        "the handler of `/open` is public; add it after `require`, or write `#[requires_scopes]` on it"
    );
    assert_eq!(
        message(|| ScopedRouter::new().fallback(nothing_here).require(scopes!("me"))),
        "there is no route yet that could require this; call `require` after them"
    );
    assert_eq!(
        message(|| {
            let files = Router::new().route("/a", axum::routing::get(async || "a"));
            let router = ScopedRouter::new().route("/items", get(items));
            router.nest_service("/files", files, "the same for everyone").require(scopes!("me"))
        }),
        "`/files` is a service that checks no token; add it after `require`"
    );
    assert_eq!(
        message(|| ScopedRouter::new().nest_service("/files", Router::<()>::new(), " ")),
        "nothing checks tokens at `/files`: give the reason, which appears in the report"
    );
    assert_eq!(
        message(|| {
            let router = ScopedRouter::new().route("/items", get(items));
            (0..7).fold(router, |router, _| router.require(scopes!(any("me", "items"))))
        }),
        "`/items` requires more than 64 alternatives together with its routers, too many for a challenge"
    );
    assert_eq!(
        message(|| {
            let router = ScopedRouter::new().route("/items", get(items));
            router.require(scopes!(acr = "mfa")).require(scopes!(acr = any("hwk", "pop")))
        }),
        "`/items` requires authentication contexts (`acr`) that its routers exclude, so no login would do"
    );
}

/// A middleware around the handlers of one path, inside those of the router.
#[tokio::test]
async fn a_path_has_layers_of_its_own() {
    async fn without_extensions(mut request: Request<Body>, next: Next) -> Response {
        request.extensions_mut().clear();
        let mut response = next.run(request).await;
        response.headers_mut().insert("x-layer", "inner".parse().expect("a header"));
        response
    }
    let router = ScopedRouter::new()
        .route("/items", get(items).layer(from_fn(without_extensions)).post(items))
        .require(scopes!("me"));
    let app = served(router);
    assert_eq!(ask(&app, "GET", "/items", Some("items")).await.status, StatusCode::FORBIDDEN);
    let answer = ask(&app, "GET", "/items", Some(&token("items me"))).await;
    assert_eq!((answer.status, &answer.headers["x-layer"] == "inner"), (StatusCode::OK, true));
    let answer = ask(&app, "POST", "/items", Some(&token("items me"))).await;
    assert_eq!((answer.status, answer.headers.contains_key("x-layer")), (StatusCode::OK, false));
}

/// Layers of the handler itself run inside the check, whatever they make of the request.
#[tokio::test]
async fn router_requirements_are_checked_outside_of_handler_layers() {
    async fn rebuilt(request: Request<Body>, next: Next) -> Response {
        let mut fresh = Request::new(Body::empty());
        fresh.uri_mut().clone_from(request.uri());
        fresh.headers_mut().clone_from(request.headers());
        next.run(fresh).await
    }
    async fn cleared(mut request: Request<Body>, next: Next) -> Response {
        request.extensions_mut().clear();
        next.run(request).await
    }
    async fn answered(_: Request<Body>, _: Next) -> &'static str {
        "answered by the layer"
    }
    let router = ScopedRouter::new()
        .route("/rebuilt", get(items.layer(from_fn(rebuilt))))
        .route("/cleared", get(items.layer(from_fn(cleared))))
        .route("/answered", get(items.layer(from_fn(answered))))
        .require(scopes!("me"));
    let app = served(router);
    for path in ["/rebuilt", "/cleared", "/answered"] {
        assert_eq!(ask(&app, "GET", path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let refused = ask(&app, "GET", path, Some("items")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(
            refused.challenge(),
            Some(r#"Bearer realm="api", error="insufficient_scope", scope="items me""#)
        );
        assert_eq!(ask(&app, "GET", path, Some(&token("items me"))).await.status, StatusCode::OK, "{path}");
    }
}

/// The handler of methods without one of their own is that of the routes that were there, and the first one stays.
#[test]
fn other_methods_are_reported_as_they_are_answered() {
    let paths = |router: ScopedRouter<ResourceServer>| -> Vec<String> {
        let report = serde_json::to_value(router.report()).expect("JSON");
        let operations = report["operations"].as_array().expect("operations").iter();
        let others = operations.filter(|operation| operation["method"] == "OTHER");
        others.map(|other| format!("{} {}", other["path"], other["handler"]).replace('"', "")).collect()
    };
    let router = || ScopedRouter::new().route("/items", get(items));
    let nothing: [&str; 0] = [];
    assert_eq!(paths(ScopedRouter::new().method_not_allowed_fallback(open).route("/a", get(items))), nothing);
    assert_eq!(paths(router().method_not_allowed_fallback(open)), ["/* router::open"]);
    let twice = router().method_not_allowed_fallback(open).method_not_allowed_fallback(another_method);
    assert_eq!(paths(twice), ["/* router::open"]);
    let later = router().method_not_allowed_fallback(open).route("/later", get(items));
    assert_eq!(paths(later), ["/items router::open"]);
    let anything = router().route("/any", any(items)).method_not_allowed_fallback(open);
    assert_eq!(paths(anything), ["/* router::open"]);
    let other = ScopedRouter::new().route("/other", get(items)).method_not_allowed_fallback(another_method);
    let merged = router().method_not_allowed_fallback(open).merge(other);
    assert_eq!(paths(merged), ["/items router::open", "/other router::another_method"]);
}

#[tokio::test]
async fn a_service_that_checks_no_tokens_is_served_and_reported_with_its_reason() {
    let files = || Router::new().route("/a.txt", axum::routing::get(async || "a"));
    let pages = ScopedRouter::new().nest_service("/files", files(), "the same for everyone");
    let router = ScopedRouter::new()
        .route("/items", get(items))
        .nest("/pages", pages)
        .fallback_service(Router::new().fallback(async || "a page"), "the web application");
    let app = served(router);
    assert_eq!(ask(&app, "GET", "/pages/files/a.txt", None).await.text, "a");
    assert_eq!(ask(&app, "GET", "/elsewhere", None).await.text, "a page");
    assert_eq!(ask(&app, "GET", "/items", None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_scoped_router_goes_on_as_a_router_of_axum() {
    let inner = ScopedRouter::<()>::new().route("/open", get(open));
    let app: Router = Router::new().merge(inner);
    assert_eq!(ask(&app, "GET", "/open", None).await.text, "open");
}
