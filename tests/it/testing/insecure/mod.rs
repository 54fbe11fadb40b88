//! Insecure applications. The matrix finds each flaw and shows it in its table.

mod credentials;
mod decoders;
mod layers;
mod routes;

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, header};
use scopes_runtime::router::{get, post};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;

#[requires_scopes("me")]
async fn read_me() {}

#[requires_scopes("items")]
async fn read_item(_: Path<String>) {}

#[requires_scopes("items:write")]
async fn write_item() {}

#[requires_scopes("items", BillingScope::Invoices)]
async fn send_invoice() {}

#[requires_scopes(BillingScope::Billing)]
async fn admin() {}

fn routes() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/me", get(read_me))
        .route("/items", post(write_item))
        .route("/items/{id}", get(read_item))
        .route("/invoices", post(send_invoice))
        .route("/admin", get(admin))
}

fn secure(issuer: &TestIssuer) -> Router {
    routes().with_state(issuer.resource_server()).into()
}

/// Returns the rows of the table, with one space between columns.
#[track_caller]
fn failures<T>(check: impl Future<Output = T>) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| runtime.block_on(check))) else { return Vec::new() };
    let message = panic.downcast_ref::<String>().expect("a formatted message");
    let rows = message.lines().skip(3);
    rows.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Returns the findings of the matrix for an application with these routes.
#[track_caller]
fn found_of(routes: ScopedRouter<ResourceServer>, make: impl FnOnce(&TestIssuer) -> Router) -> Vec<String> {
    let issuer = TestIssuer::new();
    failures(issuer.matrix(&routes).check(make(&issuer)))
}

#[track_caller]
fn found(make: impl FnOnce(&TestIssuer) -> Router) -> Vec<String> {
    found_of(routes(), make)
}

fn has(granted: &str, scope: &str) -> bool {
    granted.split(' ').any(|granted| granted == scope)
}

fn authorize(request: &mut Request, token: &str) {
    let line = HeaderValue::try_from(format!("Bearer {token}")).expect("a token");
    request.headers_mut().insert(header::AUTHORIZATION, line);
}

#[test]
fn a_secure_application_passes() {
    assert_eq!(found(secure), [""; 0]);
}
