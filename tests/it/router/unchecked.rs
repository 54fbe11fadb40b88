//! axum's routers in a `ScopedRouter`, with a reason.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get as axum_get;
use scopes_runtime::router::get;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ResourceServer, ScopedRouter, scopes};
use scopes_tests::{Scope, call};
use serde_json::Value;

use super::{another_method, items, served};

fn hooks() -> Router<ResourceServer> {
    Router::new().route("/hook", axum_get(async || "hook")).route("/items-of-axum", axum_get(items))
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/items", get(items))
        .require(scopes!("items"))
        .merge_unchecked(hooks(), "It checks signatures.")
        .nest_unchecked("/old", hooks().fallback(async || "old"), "It checks a cookie.")
}

#[tokio::test]
async fn an_axum_router_is_served_without_checks() {
    let app = served(router().method_not_allowed_fallback(another_method));
    assert_eq!(call(&app, "GET", "/items", None).await.status, StatusCode::UNAUTHORIZED);
    for path in ["/hook", "/old/hook"] {
        assert_eq!(call(&app, "GET", path, None).await.text, "hook", "{path}");
    }
    assert_eq!(call(&app, "GET", "/old/elsewhere", None).await.text, "old");
    for path in ["/items-of-axum", "/old/items-of-axum"] {
        assert_eq!(call(&app, "GET", path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn the_fallback_of_a_merged_axum_router_is_not_served() {
    let app = served(ScopedRouter::new().merge_unchecked(hooks().fallback(async || "open"), "It checks."));
    assert_eq!(call(&app, "GET", "/hook", None).await.text, "hook");
    assert_eq!(call(&app, "GET", "/elsewhere", None).await.status, StatusCode::NOT_FOUND);
}

#[test]
fn its_routes_are_one_line_of_the_report_and_not_in_the_document() {
    let report = ScopedRouter::new().nest("/api", router()).report().to_string();
    let lines: Vec<_> = report.lines().collect();
    assert_eq!(
        lines,
        [
            "METHOD  PATH         REQUIRES   HANDLER            REASON",
            "*       /api/**      unchecked  -                  It checks signatures.",
            "GET     /api/items   items      it::router::items",
            "*       /api/old/**  unchecked  -                  It checks a cookie.",
        ]
    );
    let (_, openapi) = router().split_for_parts();
    let document: Value = serde_json::to_value(openapi).expect("JSON");
    assert_eq!(document["paths"].as_object().expect("paths").keys().collect::<Vec<_>>(), ["/items"]);
}

#[tokio::test]
async fn the_matrix_sends_no_requests_to_unlisted_routes() {
    let issuer = TestIssuer::new();
    issuer.matrix(&router()).check(router().with_state(issuer.resource_server())).await;
}

#[test]
fn require_and_an_empty_reason_panic() {
    let builds: [fn() -> ScopedRouter<ResourceServer>; 4] = [
        || router().require(scopes!("me")),
        || ScopedRouter::new().nest_unchecked("/old", hooks(), "It checks a cookie.").require(scopes!("me")),
        || ScopedRouter::new().merge_unchecked(hooks(), " "),
        || ScopedRouter::new().nest_unchecked("/old", hooks(), ""),
    ];
    for build in builds {
        assert!(std::panic::catch_unwind(|| drop(build())).is_err());
    }
}
