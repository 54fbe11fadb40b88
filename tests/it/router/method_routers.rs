//! `on`, `fallback` and `merge` of method routers.

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use scopes_runtime::router::{any, get, on, post};
use scopes_runtime::{ResourceServer, ScopedRouter, scopes};
use scopes_tests::{Scope, call, token};

use super::{another_method, items, nothing_here, open, served};

fn lines(router: &ScopedRouter<ResourceServer>) -> Vec<String> {
    let text = router.report().to_string().replace("it::router::", "");
    text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn on_adds_one_operation_for_each_method() {
    let started = on(MethodFilter::GET.or(MethodFilter::PUT).or(MethodFilter::TRACE), items);
    let router = ScopedRouter::new().route("/", started.on(MethodFilter::POST, open));
    assert_eq!(
        lines(&router),
        ["GET / items items", "POST / public open", "PUT / items items", "TRACE / items items"]
    );
    let app = served(router);
    for method in ["GET", "PUT", "TRACE", "HEAD"] {
        assert_eq!(call(&app, method, "/", None).await.status, StatusCode::UNAUTHORIZED, "{method}");
        assert_eq!(call(&app, method, "/", Some("items")).await.status, StatusCode::OK, "{method}");
    }
    assert_eq!(call(&app, "POST", "/", None).await.status, StatusCode::OK);
    assert_eq!(call(&app, "DELETE", "/", Some("items")).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_fallback_of_a_path_is_guarded_and_reported() {
    let router = ScopedRouter::new()
        .route("/a", get(open).fallback(items))
        .route("/b", any(open).post(items).fallback(items).fallback(nothing_here))
        .method_not_allowed_fallback(another_method);
    assert_eq!(
        lines(&router),
        ["GET /a public open", "OTHER /a items items", "OTHER /b me nothing_here", "POST /b items items"]
    );
    let app = served(router);
    assert_eq!(call(&app, "GET", "/a", None).await.status, StatusCode::OK);
    assert_eq!(call(&app, "PURGE", "/a", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, "PURGE", "/a", Some("items")).await.text, "items by PURGE");
    assert_eq!(call(&app, "GET", "/b", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, "GET", "/b", Some("me")).await.text, "nothing here");
}

#[tokio::test]
async fn requirements_of_routers_apply_to_the_fallback_of_a_path() {
    let router = ScopedRouter::new().route("/", get(items).fallback(items)).require(scopes!("me"));
    assert_eq!(lines(&router), ["GET / items me items", "OTHER / items me items"]);
    let app = served(router);
    for method in ["GET", "DELETE"] {
        assert_eq!(call(&app, method, "/", Some("items")).await.status, StatusCode::FORBIDDEN, "{method}");
        assert_eq!(
            call(&app, method, "/", Some(&token("items me"))).await.status,
            StatusCode::OK,
            "{method}"
        );
    }
}

#[tokio::test]
async fn method_routers_are_merged() {
    let router = ScopedRouter::new().route("/", get(open).merge(post(items)).merge(any(nothing_here)));
    assert_eq!(lines(&router), ["* / me nothing_here", "GET / public open", "POST / items items"]);
    let app = served(router);
    assert_eq!(call(&app, "GET", "/", None).await.status, StatusCode::OK);
    assert_eq!(call(&app, "POST", "/", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, "POST", "/", Some("items")).await.text, "items by POST");
    assert_eq!(call(&app, "PUT", "/", Some("items")).await.status, StatusCode::FORBIDDEN);
    let twice = || drop(get::<_, _, ResourceServer>(open).merge(get(items)));
    assert!(std::panic::catch_unwind(twice).is_err());
}
