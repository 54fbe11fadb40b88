//! `ScopedRouter` serves as axum's `Router` does, and each of its handlers is guarded.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::Response;
use scopes_runtime::router::{any, connect, delete, get, head, options, patch, post, put, trace, unchecked};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ResourceServer, ScopedRouter, declare_scopes, requires_scopes};
use scopes_tests::{Answer, call};

use super::{another_method, items, nothing_here, open, served, user};

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
            assert_eq!(call(&app, method, "/", None).await.status, StatusCode::UNAUTHORIZED, "{method}");
            assert_eq!(call(&app, method, "/", Some("me")).await.status, StatusCode::FORBIDDEN, "{method}");
            let answer = call(&app, method, "/", Some("items")).await;
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
    assert_eq!(call(&app, "HEAD", "/", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, "HEAD", "/", Some("items")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn routers_are_merged_and_nested() {
    let users = ScopedRouter::new().route("/{name}", get(user));
    let other = ScopedRouter::new().route("/open", get(open));
    let router = ScopedRouter::default().route("/items", get(items)).nest("/users", users).merge(other);
    let app = served(router);
    assert_eq!(call(&app, "GET", "/users/alice", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, "GET", "/users/alice", Some("me")).await.text, "alice");
    assert_eq!(call(&app, "GET", "/items", Some("items")).await.text, "items by GET");
    assert_eq!(call(&app, "GET", "/open", None).await.text, "open");
}

#[tokio::test]
async fn fallbacks_are_guarded() {
    let router = ScopedRouter::new().route("/items", get(items));
    let app = served(router.fallback(nothing_here).method_not_allowed_fallback(another_method));
    assert_eq!(call(&app, "GET", "/nowhere", None).await.status, StatusCode::UNAUTHORIZED);
    let answer = call(&app, "GET", "/nowhere", Some("me")).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_FOUND, "nothing here"));
    let answer = call(&app, "POST", "/items", None).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::METHOD_NOT_ALLOWED, "another method"));
}

#[tokio::test]
async fn layers_wrap_earlier_routes() {
    async fn mark(mut response: Response) -> Response {
        response.headers_mut().insert("x-layer", "here".parse().expect("a value"));
        response
    }
    let marked = |answer: &Answer| answer.headers.contains_key("x-layer");

    let router = || ScopedRouter::new().route("/inside", get(open));
    let app = served(router().layer(map_response(mark)).route("/outside", get(open)));
    assert!(marked(&call(&app, "GET", "/inside", None).await));
    assert!(!marked(&call(&app, "GET", "/outside", None).await));
    assert!(marked(&call(&app, "GET", "/nowhere", None).await));

    let app = served(router().route_layer(map_response(mark)));
    assert!(marked(&call(&app, "GET", "/inside", None).await));
    assert!(!marked(&call(&app, "GET", "/nowhere", None).await));
}

/// axum ignores the fallback of a nested router if the router around it is nested, too, and has none.
#[tokio::test]
async fn fallbacks_of_nested_routers_are_reported_as_they_are_served() {
    let around =
        || ScopedRouter::new().nest("/inner", ScopedRouter::new().route("/items", get(items)).fallback(open));
    let routers: [(fn(_) -> _, _, _); 2] = [
        (|around: ScopedRouter<_>| around, "", &["/api/inner/items"][..]),
        (|around| around.fallback(nothing_here), "open", &["/api/*", "/api/inner/*", "/api/inner/items"]),
    ];
    for (change, text, paths) in routers {
        let router = || ScopedRouter::new().nest("/api", change(around()));
        assert_eq!(call(&served(router()), "GET", "/api/inner/nowhere", None).await.text, text);
        assert!(router().report().operations().map(|operation| operation.path()).eq(paths.iter().copied()));
    }
}

/// A method-not-allowed fallback applies to earlier routes only, and the first one stays.
#[test]
fn method_not_allowed_fallbacks_are_reported_as_they_are_served() {
    let paths = |router: ScopedRouter<ResourceServer>| -> Vec<String> {
        let report = serde_json::to_value(router.report()).expect("JSON");
        let operations = report["operations"].as_array().expect("operations").iter();
        let others = operations.filter(|operation| operation["method"] == "OTHER");
        others.map(|other| format!("{} {}", other["path"], other["handler"]).replace('"', "")).collect()
    };
    let router = || ScopedRouter::new().route("/items", get(items));
    let nothing: [&str; 0] = [];
    assert_eq!(paths(ScopedRouter::new().method_not_allowed_fallback(open).route("/a", get(items))), nothing);
    assert_eq!(paths(router().method_not_allowed_fallback(open)), ["/* it::router::open"]);
    let twice = router().method_not_allowed_fallback(open).method_not_allowed_fallback(another_method);
    assert_eq!(paths(twice), ["/* it::router::open"]);
    let later = router().method_not_allowed_fallback(open).route("/later", get(items));
    assert_eq!(paths(later), ["/items it::router::open"]);
    let anything = router().route("/any", any(items)).method_not_allowed_fallback(open);
    assert_eq!(paths(anything), ["/* it::router::open"]);
    let other = ScopedRouter::new().route("/other", get(items)).method_not_allowed_fallback(another_method);
    let merged = router().method_not_allowed_fallback(open).merge(other);
    assert_eq!(paths(merged), ["/items it::router::open", "/other it::router::another_method"]);
}

/// axum's router does not list its paths, so the report cannot exclude that it serves the other methods.
#[tokio::test]
async fn the_report_claims_no_requirement_for_methods_that_an_axum_router_may_serve() {
    let merged = || {
        let plain = Router::new().route("/items", axum::routing::any(async || "plain"));
        ScopedRouter::new().route("/items", get(items)).merge_unchecked(plain, "not yet ported")
    };
    let router = || merged().method_not_allowed_fallback(nothing_here);
    let app = served(router());
    assert_eq!(call(&app, "GET", "/items", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, "POST", "/items", None).await.text, "plain");

    let others = |router: ScopedRouter<ResourceServer>| -> Vec<String> {
        let report = serde_json::to_value(router.report()).expect("JSON");
        let operations = report["operations"].as_array().expect("operations").iter();
        let others = operations.filter(|operation| operation["method"] == "OTHER");
        others.map(|other| format!("{} {}", other["path"], other["access"]).replace('"', "")).collect()
    };
    assert_eq!(others(router()), ["/items unchecked"]);
    assert_eq!(others(ScopedRouter::new().nest("/api", router())), ["/api/items unchecked"]);
    let around = ScopedRouter::new().nest("/api", merged()).route("/users", get(items));
    assert_eq!(
        others(around.method_not_allowed_fallback(nothing_here)),
        ["/api/items unchecked", "/users scoped"]
    );
    assert_eq!(others(merged().method_not_allowed_fallback(open)), ["/* public"]);
}

#[tokio::test]
async fn a_service_that_checks_no_tokens_is_served() {
    let files = || Router::new().route("/a.txt", axum::routing::get(async || "a"));
    let pages = ScopedRouter::new().nest_service("/files", files(), unchecked("the same for everyone"));
    let router = ScopedRouter::new()
        .route("/items", get(items))
        .nest("/pages", pages)
        .fallback_service(Router::new().fallback(async || "a page"), unchecked("the web application"));
    let app = served(router);
    assert_eq!(call(&app, "GET", "/pages/files/a.txt", None).await.text, "a");
    assert_eq!(call(&app, "GET", "/elsewhere", None).await.text, "a page");
    assert_eq!(call(&app, "GET", "/items", None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_scoped_router_converts_into_an_axum_router() {
    let inner = ScopedRouter::<()>::new().route("/open", get(open));
    let app: Router = Router::new().merge(inner);
    assert_eq!(call(&app, "GET", "/open", None).await.text, "open");
}

#[declare_scopes]
enum OrganizationScope {
    /// Read an organization.
    Organization = "org:{org}",
}

#[requires_scopes(OrganizationScope::Organization)]
async fn organization() {}

#[requires_scopes(dpop)]
async fn bound() {}

#[test]
fn a_panic_names_the_line_of_the_application() {
    let place = |build: fn() -> ScopedRouter<ResourceServer>| {
        thread_local! {
            static PLACE: std::cell::RefCell<Option<String>> = const { std::cell::RefCell::new(None) };
        }
        // The hook is that of all threads.
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PLACE.set(panic.location().map(|location| location.file().to_owned()));
            others(panic);
        }));
        assert!(std::panic::catch_unwind(|| drop(build())).is_err());
        PLACE.take()
    };
    let routers: [fn() -> ScopedRouter<ResourceServer>; 10] = [
        || ScopedRouter::new().route("/items", get(items).get(items)),
        || ScopedRouter::new().route("items", get(items)),
        || ScopedRouter::new().route("/items/:id", get(items)),
        || ScopedRouter::new().nest("", ScopedRouter::new().route("/items", get(items))),
        || ScopedRouter::new().route("/items", get(items)).route("/items", get(items)),
        || ScopedRouter::new().require(scopes_runtime::scopes!(scopes_tests::Scope::Items)),
        || ScopedRouter::new().route_service("/files", Router::new(), unchecked(" ")),
        || {
            let server = ResourceServer::new(TestIssuer::new().decoder());
            ScopedRouter::new().route("/bound", get(bound)).with_state(server)
        },
        || {
            drop(Router::from(ScopedRouter::<ResourceServer>::new().route("/org", get(organization))));
            ScopedRouter::new()
        },
        || {
            let server = ResourceServer::new(TestIssuer::new().decoder());
            let router = ScopedRouter::new().route("/org", get(organization)).with_state(server);
            drop(router.into_make_service());
            ScopedRouter::new()
        },
    ];
    for build in routers {
        assert!(place(build).is_some_and(|place| place.ends_with("routes.rs")));
    }
}
