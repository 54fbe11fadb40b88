//! Finds the keys of an issuer by discovery, and leads clients to it by metadata (RFC 9728):
//! `cargo run --example published_keys --features issuer,testing`.

mod client;

use axum::Router;
use axum::http::{Request, StatusCode};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    Jwks, JwtDecoder, ProtectedResourceMetadata, ResourceServer, declare_scopes, requires_scopes,
};

use crate::client::send;

const API: &str = "https://api.example";

#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
}

#[requires_scopes("items")]
async fn read_items() {}

fn app(issuer: &str) -> Result<Router, Box<dyn std::error::Error>> {
    let decoder = JwtDecoder::builder().issuer(issuer).audience(API).jwks(Jwks::discovery()).build()?;
    let metadata = ProtectedResourceMetadata::new(API)?.authorization_server(issuer).scopes::<Scope>();
    let server = ResourceServer::builder(decoder).metadata(&metadata).build()?;
    let router = ScopedRouter::new().route("/items", get(read_items)).with_state(server);
    Ok(Router::from(router).merge(metadata.router()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Serves its metadata and keys on loopback.
    let issuer = TestIssuer::new().with_audience(API).serve();
    let app = app(issuer.url())?;
    let call = async |token: String| {
        send(&app, Request::get("/items").header("authorization", format!("Bearer {token}"))).await
    };

    let token = issuer.token().scopes(["items"]);
    assert_eq!(call(token.sign()).await.status(), StatusCode::OK);
    assert_eq!(
        call(token.clone().audience("https://other.example").sign()).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(call(token.forged().sign()).await.status(), StatusCode::UNAUTHORIZED);

    // A client without a token reads where it can obtain one.
    let response = send(&app, Request::get("/items")).await;
    println!("{:?}", response.headers()["www-authenticate"]);
    let metadata = send(&app, Request::get("/.well-known/oauth-protected-resource")).await;
    println!("{}", metadata.body());
    let metadata: serde_json::Value = serde_json::from_str(metadata.body())?;
    assert_eq!(metadata["authorization_servers"][0], issuer.url());
    assert_eq!(metadata["scopes_supported"][0], "items");
    Ok(())
}
