//! A route that serves the router's document.

use axum::Router;
use axum::http::StatusCode;
use scopes_runtime::router::{get, unchecked};
use scopes_runtime::{ResourceServer, ScopedRouter, scopes};
use scopes_tests::{Readable, Scope, call, token};
use serde_json::Value;

use super::{create, health};

fn served(router: ScopedRouter<ResourceServer>) -> Router {
    router.with_state(ResourceServer::new(Readable::default())).into()
}

async fn body(app: &Router, path: &str, token: Option<&str>) -> Value {
    let answer = call(app, "GET", path, token).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/json");
    serde_json::from_str(&answer.text).expect("JSON")
}

#[tokio::test]
async fn it_has_the_routes_that_are_added_later() {
    let router = || {
        ScopedRouter::<ResourceServer>::new()
            .route("/items", get(create))
            .route_openapi("/openapi.json", unchecked("clients read it"))
            .route("/health", get(health))
            .nest("/nested", ScopedRouter::new().route("/health", get(health)))
    };
    let document = body(&served(router()), "/openapi.json", None).await;
    assert_eq!(document, serde_json::to_value(router().split_for_parts().1).expect("a document is JSON"));
    let paths: Vec<_> = document["paths"].as_object().expect("paths").keys().collect();
    assert_eq!(paths, ["/health", "/items", "/nested/health"]);
    assert_eq!(
        call(&served(router()), "POST", "/openapi.json", None).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let report = router().report().to_string();
    assert!(report.contains("/openapi.json"), "{report}");
    assert!(report.contains("clients read it"), "{report}");
}

#[tokio::test]
async fn merged_and_nested_routers_serve_the_whole_document() {
    let inner = |path: &str| ScopedRouter::new().route_openapi(path, unchecked("clients read it"));
    let app = served(
        ScopedRouter::new()
            .merge(inner("/merged.json"))
            .nest("/nested", inner("/openapi.json").route("/health", get(health)))
            .route("/items", get(create)),
    );
    let document = body(&app, "/merged.json", None).await;
    assert_eq!(body(&app, "/nested/openapi.json", None).await, document);
    let paths: Vec<_> = document["paths"].as_object().expect("paths").keys().collect();
    assert_eq!(paths, ["/items", "/nested/health"]);
}

#[tokio::test]
async fn it_may_require_a_scope() {
    let app = served(
        ScopedRouter::new().route_openapi("/openapi.json", scopes!("me")).route("/items", get(create)),
    );
    assert_eq!(call(&app, "GET", "/openapi.json", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        call(&app, "GET", "/openapi.json", Some(&token("x items"))).await.status,
        StatusCode::FORBIDDEN
    );
    let document = body(&app, "/openapi.json", Some(&token("x me"))).await;
    let own = document["paths"]["/openapi.json"].as_object().expect("a path");
    assert!(own.keys().eq(["get"]));
    assert_eq!(own["get"]["security"], serde_json::json!([{ "oauth2": ["me"] }]));
}
