//! The scope matrix without handlers.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use futures_util::FutureExt as _;
use scopes_runtime::router::{any, delete, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::{Scope, call};

static RUNS: AtomicUsize = AtomicUsize::new(0);

#[requires_scopes("items:write")]
async fn delete_item() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

#[public]
async fn log_in() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

fn service() -> Router {
    Router::new().fallback(async || {
        RUNS.fetch_add(1, Ordering::Relaxed);
    })
}

fn routes() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/items/{id}", delete(delete_item).fallback(log_in))
        .route("/log-in", any(log_in))
        .nest_service("/files", service(), scopes!("items"))
        .fallback(log_in)
}

async fn without_extensions(mut request: Request, next: Next) -> Response {
    request.extensions_mut().clear();
    next.run(request).await
}

/// One test, because the tests of a process share the counter.
#[tokio::test]
async fn no_handler_runs_in_a_dry_run() {
    let issuer = TestIssuer::new();
    let app = || routes().with_state(issuer.resource_server());
    issuer.matrix(&routes()).dry_run().check(app()).await;
    issuer.matrix(&routes()).dry_run().check_attacks(app()).await;
    assert_eq!(RUNS.load(Ordering::Relaxed), 0);

    let forgetful = ScopedRouter::new()
        .route("/items/{id}", delete(delete_item).layer(from_fn(without_extensions)))
        .route("/log-in", any(log_in))
        .with_state(issuer.resource_server());
    let check = async { issuer.matrix(&forgetful).dry_run().check(Router::from(forgetful)).await };
    let panic = AssertUnwindSafe(check).catch_unwind().await.expect_err("the check fails");
    let message = panic.downcast_ref::<String>().expect("a formatted message");
    let expected = "a dry run of `DELETE /items/{id}` does not end before its handler: a layer around it drops the extensions of requests, or responds itself (";
    assert!(message.starts_with(expected), "{message}");
    assert_eq!(RUNS.load(Ordering::Relaxed), 0);

    let token = issuer.token().scopes(["items:write"]).sign();
    let app = Router::from(app());
    assert_eq!(call(&app, "DELETE", "/items/1", Some(&token)).await.status, StatusCode::OK);
    assert_eq!(call(&app, "GET", "/files/a", Some(&token)).await.status, StatusCode::OK);
    assert_eq!(RUNS.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_dry_run_finds_what_the_report_does_not_list() {
    let issuer = TestIssuer::new();
    let open = ScopedRouter::new().route("/", get(delete_item)).with_state(issuer.resource_server());
    let reported = ScopedRouter::<ResourceServer>::new().route("/", get(delete_item)).require(scopes!("me"));
    let check = async { issuer.matrix(&reported).dry_run().check(Router::from(open)).await };
    AssertUnwindSafe(check).catch_unwind().await.expect_err("the check fails");
}
