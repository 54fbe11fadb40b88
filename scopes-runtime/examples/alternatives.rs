//! Requires one of several sets of scopes, and adds a requirement to a whole router:
//! `cargo run --example alternatives --features testing`.

mod client;

use axum::Router;
use axum::http::{Request, StatusCode};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{RequiredScopes, ResourceServer, declare_scopes, requires_scopes, scopes};

use crate::client::send;

#[declare_scopes]
enum Scope {
    /// Read orders.
    Orders = "orders",
    /// Read customers.
    Customers = "customers",
    /// Read statistics.
    Statistics = "statistics",
    /// Use the internal API.
    Internal = "internal",
}

/// `statistics` alone, or both of the others.
#[requires_scopes(any("statistics", all("orders", "customers")))]
async fn read_turnover(required: RequiredScopes) -> String {
    required.to_string()
}

#[requires_scopes("orders")]
async fn read_orders() {}

fn app(server: ResourceServer) -> Router {
    // Each operation of the internal API requires `internal` as well.
    let internal = ScopedRouter::new().route("/orders", get(read_orders)).require(scopes!("internal"));
    let router = ScopedRouter::new()
        .route("/turnover", get(read_turnover))
        .nest("/internal", internal)
        .with_state(server);
    Router::from(router)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let issuer = TestIssuer::new();
    let app = app(issuer.resource_server());
    let call = async |path: &str, scopes: &[&str]| {
        let authorization = format!("Bearer {}", issuer.token().scopes(scopes).sign());
        send(&app, Request::get(path).header("authorization", authorization)).await
    };

    for enough in [&["statistics"][..], &["orders", "customers"]] {
        assert_eq!(call("/turnover", enough).await.status(), StatusCode::OK);
    }
    // The challenge has the alternative that the fewest scopes are missing of.
    let response = call("/turnover", &["orders"]).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    println!("{:?}", response.headers()["www-authenticate"]);

    assert_eq!(call("/internal/orders", &["orders"]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(call("/internal/orders", &["internal"]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(call("/internal/orders", &["internal", "orders"]).await.status(), StatusCode::OK);
}
