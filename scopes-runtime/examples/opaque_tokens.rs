//! Decodes opaque tokens at the introspection endpoint of an issuer (RFC 7662):
//! `cargo run --example opaque_tokens --features issuer`.

mod client;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Form, State};
use axum::http::{Request, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::{
    AccessToken, IntrospectionDecoder, IntrospectionDecoderError, ResourceServer, declare_scopes,
    requires_scopes,
};
use serde_json::{Value, json};

use crate::client::send;

#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
}

#[requires_scopes("items")]
async fn read_items(token: AccessToken) -> String {
    format!("the items of {}", token.subject().unwrap_or("unknown"))
}

fn app(endpoint: String) -> Result<Router, IntrospectionDecoderError> {
    let decoder = IntrospectionDecoder::builder()
        .endpoint(endpoint)
        .audience("https://api.example")
        .client("items-api", "a secret")
        .build()?;
    let router =
        ScopedRouter::new().route("/items", get(read_items)).with_state(ResourceServer::new(decoder));
    Ok(Router::from(router))
}

#[derive(serde::Deserialize)]
struct Introspection {
    token: String,
}

/// The endpoint of an issuer that has issued one token.
async fn introspect(
    State(requests): State<Arc<AtomicUsize>>,
    Form(form): Form<Introspection>,
) -> Json<Value> {
    requests.fetch_add(1, Ordering::Relaxed);
    if form.token != "alices-token" {
        return Json(json!({ "active": false }));
    }
    Json(json!({
        "active": true, "token_type": "Bearer", "sub": "alice", "scope": "items", "aud": "https://api.example",
    }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requests = Arc::new(AtomicUsize::new(0));
    let issuer = Router::new().route("/introspect", post(introspect)).with_state(requests.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}/introspect", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, issuer).await });

    let app = app(endpoint)?;
    let call = async |token: &str| {
        send(&app, Request::get("/items").header("authorization", format!("Bearer {token}"))).await
    };
    for _ in 0..3 {
        let response = call("alices-token").await;
        assert_eq!((response.status(), response.body().as_str()), (StatusCode::OK, "the items of alice"));
    }
    assert_eq!(call("another-token").await.status(), StatusCode::UNAUTHORIZED);
    // Active responses are cached for 30 s.
    assert_eq!(requests.load(Ordering::Relaxed), 2);
    println!("four requests of clients caused two requests to the issuer");
    Ok(())
}
