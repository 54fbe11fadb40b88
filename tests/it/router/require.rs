//! `ScopedRouter::require`: requirements of a router for its routes.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::handler::Handler;
use axum::http::{Request, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::router::{get, unchecked};
use scopes_runtime::{AccessToken, RequiredScopes, ResourceServer, ScopedRouter, requires_scopes, scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, bearer, call, token};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{another_method, items, nothing_here, open, served};

#[requires_scopes]
async fn explain(required: RequiredScopes) -> String {
    required.to_string()
}

#[tokio::test]
async fn require_adds_to_the_requirements_of_earlier_routes() {
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
        let answer = call(&app, method, path, Some(&token(granted))).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} with {granted}");
        assert_eq!(decoder.decoded() - before, 1, "one decode");
        if !security.is_null() {
            assert_eq!(document["paths"][path][method.to_lowercase()]["security"], security, "{path}");
        }
    }
    assert_eq!(
        call(&app, "GET", "/inner/explain", Some(&token("billing me"))).await.text,
        "me billing or items billing"
    );
    let refused = call(&app, "GET", "/inner/explain", Some(&token("me"))).await;
    assert_eq!(
        refused.challenge(),
        Some(r#"Bearer realm="api", error="insufficient_scope", scope="me billing""#)
    );
    let anonymous = call(&app, "GET", "/items", None).await;
    assert_eq!(anonymous.challenge(), Some(r#"Bearer realm="api", scope="items billing""#));
}

/// Layers between the router and its route can replace the request.
#[tokio::test]
async fn router_requirements_are_not_lost_by_layers_that_replace_the_request() {
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
    /// Calls the route when the body of the response is read.
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
            let answer = call(&app, "GET", path, Some(&token(granted))).await;
            if path == "/in/body" { answer.text } else { answer.status.to_string() }
        };
        for granted in ["items", "items me", "items billing"] {
            assert_eq!(status(granted).await, "403 Forbidden", "{path} with {granted}");
        }
        assert_eq!(status("items me billing").await, "200 OK", "{path}");
        assert_eq!(call(&app, "GET", "/free", Some("items")).await.status, StatusCode::OK);
    }
}

/// The handler passes its request to another router.
#[tokio::test]
async fn router_requirements_do_not_apply_to_a_router_called_by_a_handler() {
    #[requires_scopes("items")]
    async fn forward(request: Request<Body>) -> Response {
        let other = served(ScopedRouter::new().route("/forward", get(items)));
        other.oneshot(request).await.unwrap_or_else(|never| match never {})
    }
    let router = ScopedRouter::new().route("/forward", get(forward)).require(scopes!("me"));
    let app = served(router);
    assert_eq!(call(&app, "GET", "/forward", Some("items")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(call(&app, "GET", "/forward", Some(&token("items me"))).await.text, "items by GET");
}

#[test]
fn require_panics_if_a_route_would_not_check_it() {
    let message = |build: fn() -> ScopedRouter<ResourceServer>| {
        let panic = std::panic::catch_unwind(|| drop(build())).expect_err("a panic");
        let text =
            |panic: Box<dyn std::any::Any + Send>| panic.downcast::<&str>().map(|text| text.to_string());
        panic.downcast::<String>().map(|text| *text).or_else(text).expect("a message")
    };
    assert_eq!(
        message(|| ScopedRouter::new().route("/open", get(open)).require(scopes!("me"))),
        "the handler of `/open` is public; add it after `require`, or write `#[requires_scopes]` on it"
    );
    assert_eq!(
        message(|| ScopedRouter::new().fallback(nothing_here).require(scopes!("me"))),
        "there is no route to require this; add routes before `require`"
    );
    assert_eq!(
        message(|| {
            let files = Router::new().route("/a", axum::routing::get(async || "a"));
            let router = ScopedRouter::new().route("/items", get(items));
            router.nest_service("/files", files, unchecked("the same for everyone")).require(scopes!("me"))
        }),
        "nothing checks tokens at `/files`; add it after `require`"
    );
    assert_eq!(
        message(|| ScopedRouter::new().nest_service("/files", Router::<()>::new(), unchecked(" "))),
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
        "`/items` and its routers require authentication contexts (`acr`) that exclude each other, so no \
         authentication can satisfy both"
    );
}

/// The layer is around the handlers of one path.
#[tokio::test]
async fn router_requirements_are_not_lost_by_path_layers_that_clear_extensions() {
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
    assert_eq!(call(&app, "GET", "/items", Some("items")).await.status, StatusCode::FORBIDDEN);
    let answer = call(&app, "GET", "/items", Some(&token("items me"))).await;
    assert_eq!((answer.status, &answer.headers["x-layer"] == "inner"), (StatusCode::OK, true));
    let answer = call(&app, "POST", "/items", Some(&token("items me"))).await;
    assert_eq!((answer.status, answer.headers.contains_key("x-layer")), (StatusCode::OK, false));
}

/// The layers are around one handler, and run after the check.
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
        assert_eq!(call(&app, "GET", path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let refused = call(&app, "GET", path, Some("items")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(
            refused.challenge(),
            Some(r#"Bearer realm="api", error="insufficient_scope", scope="items me""#)
        );
        assert_eq!(call(&app, "GET", path, Some(&token("items me"))).await.status, StatusCode::OK, "{path}");
    }
}

/// A layer of the handler runs after the check, and may replace the token. Then the handler's guard checks again.
#[tokio::test]
async fn a_token_that_a_handler_layer_replaces_is_checked_again() {
    async fn replaced(mut request: Request<Body>, next: Next) -> Response {
        let bearer = bearer("me").parse().expect("a header");
        request.headers_mut().insert(axum::http::header::AUTHORIZATION, bearer);
        next.run(request).await
    }
    /// Decodes the new token before the guard does.
    async fn looks(_: AccessToken, request: Request<Body>, next: Next) -> Response {
        next.run(request).await
    }
    async fn removed(mut request: Request<Body>, next: Next) -> Response {
        request.headers_mut().remove(axum::http::header::AUTHORIZATION);
        next.run(request).await
    }
    let server = ResourceServer::new(Readable::default());
    let looks = from_fn_with_state(server, looks);
    let app = served(
        ScopedRouter::new()
            .route("/replaced", get(items.layer(from_fn(replaced))))
            .route("/decoded", get(items.layer(looks).layer(from_fn(replaced))))
            .route("/removed", get(items.layer(from_fn(removed)))),
    );
    for (path, status) in [("/replaced", 403), ("/decoded", 403), ("/removed", 401)] {
        assert_eq!(call(&app, "GET", path, Some("items")).await.status, status, "{path}");
    }
}
