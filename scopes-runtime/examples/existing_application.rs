//! Adds scopes to an axum application step by step, with the scope matrix as the test of what is done:
//! `cargo run --example existing_application --features testing`.

mod client;

use axum::Router;
use axum::http::{Request, StatusCode};
use axum::routing::get as on_get;
use scopes_runtime::router::{ScopedRouter, get, unchecked};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ResourceServer, declare_scopes, requires_scopes, scopes};
use tower_http::services::ServeDir;

use crate::client::send;

#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
    /// Read reports.
    Reports = "reports",
}

/// A handler of the application, with one line more.
#[requires_scopes("items")]
async fn read_items() -> &'static str {
    "items"
}

/// A handler that has no attribute yet.
async fn read_news() -> &'static str {
    "news"
}

fn routes() -> ScopedRouter<ResourceServer> {
    let rest = Router::new().route("/news", on_get(read_news));
    ScopedRouter::new()
        .vocabulary::<Scope>()
        .route("/items", get(read_items))
        .nest_service("/reports", ServeDir::new("reports"), scopes!("reports"))
        .nest_service("/assets", ServeDir::new("assets"), unchecked("Pages without a log-in need them."))
        .merge_unchecked(rest, "Not ported yet.")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let issuer = TestIssuer::new();
    let app = || Router::from(routes().with_state(issuer.resource_server()));

    // What is protected, what is not, and why.
    println!("{}", routes().report());
    // Sends requests to every operation of the report, and panics if one does not enforce it.
    issuer.matrix(&routes()).check(app()).await;

    let status = async |path: &str| send(&app(), Request::get(path)).await.status();
    assert_eq!(status("/items").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("/reports/2026.pdf").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("/news").await, StatusCode::OK);
}
