//! Declares two scopes, and requires them: `cargo run --example quickstart --features testing`.

mod client;

use axum::Router;
use axum::http::{Request, StatusCode};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, ResourceServer, declare_scopes, public, requires_scopes};

use crate::client::send;

/// What an access token may be allowed to do.
#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}

#[requires_scopes("items")]
async fn read_items(token: AccessToken) -> String {
    format!("the items of {}", token.subject().unwrap_or("unknown"))
}

#[requires_scopes("items:write")]
async fn create_item() -> StatusCode {
    StatusCode::CREATED
}

#[public]
async fn health() -> &'static str {
    "ok"
}

fn app(server: ResourceServer) -> Router {
    let router = ScopedRouter::new()
        .route("/items", get(read_items).post(create_item))
        .route("/health", get(health))
        .with_state(server);
    Router::from(router)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Signs tokens in place of an authorization server. `published_keys.rs` shows a real one.
    let issuer = TestIssuer::new();
    let app = app(issuer.resource_server());
    let bearer = |scope: &str| format!("Bearer {}", issuer.token().subject("alice").scopes([scope]).sign());

    let response = send(&app, Request::get("/health")).await;
    assert_eq!(response.status(), StatusCode::OK);

    let response = send(&app, Request::get("/items")).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()["www-authenticate"], r#"Bearer realm="api", scope="items""#);

    let response = send(&app, Request::get("/items").header("authorization", bearer("items"))).await;
    assert_eq!((response.status(), response.body().as_str()), (StatusCode::OK, "the items of alice"));

    // `items:write` implies `items`, and not the reverse.
    let response = send(&app, Request::get("/items").header("authorization", bearer("items:write"))).await;
    assert_eq!(response.status(), StatusCode::OK);
    let response = send(&app, Request::post("/items").header("authorization", bearer("items"))).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    println!("a token with `items` cannot create items: {:?}", response.headers()["www-authenticate"]);
}
