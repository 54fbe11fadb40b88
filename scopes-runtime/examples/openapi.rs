//! Makes the OpenAPI document of a router, and the part of it that one client may call:
//! `cargo run --example openapi`.

use axum::Json;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::{GrantedScopes, ResourceServer, declare_scopes, public, requires_scopes};
use serde_json::{Value, json};

#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
    /// Administer everything.
    Admin = "admin",
}

/// Lists all items.
#[requires_scopes(any("items", "admin"))]
async fn read_items() -> Json<Vec<String>> {
    Json(Vec::new())
}

/// Lists all users.
#[requires_scopes("admin")]
async fn read_users() -> Json<Vec<String>> {
    Json(Vec::new())
}

/// Reports whether the service runs.
#[public]
async fn health() {}

fn routes() -> ScopedRouter<ResourceServer> {
    let scheme = OAuth2Scheme::new::<Scope>()
        .authorization_code("https://issuer.example/authorize", "https://issuer.example/token");
    ScopedRouter::new()
        .security_scheme(scheme)
        .route("/items", get(read_items))
        .route("/users", get(read_users))
        .route("/health", get(health))
}

fn main() -> serde_json::Result<()> {
    let (_router, document) = routes().split_for_parts();
    println!("{}", serde_json::to_string_pretty(&document)?);

    let document: Value = serde_json::to_value(document)?;
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(security("/items"), json!([{ "oauth2": ["items"] }, { "oauth2": ["admin"] }]));
    assert_eq!(security("/users"), json!([{ "oauth2": ["admin"] }]));
    assert_eq!(security("/health"), json!([]));
    let scheme = &document["components"]["securitySchemes"]["oauth2"];
    assert_eq!(scheme["flows"]["authorizationCode"]["scopes"]["items"], "Read items.");

    let visible = routes().openapi_for(&GrantedScopes::from_list("items"));
    assert!(visible.paths.paths.keys().eq(["/health", "/items"]));
    Ok(())
}
