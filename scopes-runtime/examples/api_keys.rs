//! Accepts API keys beside tokens, and refuses in the application's own format:
//! `cargo run --example api_keys --features testing`.

mod client;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use hmac_sha256::Hash;
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    CredentialExtractor, CredentialScheme, ResourceServer, TokenDecoder, authenticated_by, declare_scopes,
    requires_scopes,
};
use serde_json::{Value, json};

use crate::client::send;

#[declare_scopes]
enum Scope {
    /// Read prices.
    Prices = "prices",
}

/// A partner, by its key. The server stores the hash of the key, so that comparing takes the same time for each wrong key.
struct Partner;

impl CredentialExtractor for Partner {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
}

impl<S: Sync> FromRequestParts<S> for Partner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let known = Hash::hash(b"the partner's key");
        let is_known = parts.headers.get("X-Api-Key").is_some_and(|key| Hash::verify(key, &known));
        if is_known { Ok(Self) } else { Err(refusal()) }
    }
}

fn refusal() -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, "ApiKey")];
    (StatusCode::UNAUTHORIZED, challenge, Json(json!({ "message": "an API key is required" })))
        .into_response()
}

#[authenticated_by(Partner)]
async fn read_partner_prices(_: Partner) {}

#[requires_scopes("prices")]
async fn read_prices() {}

fn routes() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().route("/partner/prices", get(read_partner_prices)).route("/prices", get(read_prices))
}

fn server(decoder: impl TokenDecoder) -> ResourceServer {
    let builder = ResourceServer::builder(decoder);
    let builder = builder.refusal_response(|error| Json(json!({ "message": error.to_string() })));
    builder.build().expect("the default realm is valid")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> serde_json::Result<()> {
    let issuer = TestIssuer::new();
    let app = Router::from(routes().with_state(server(issuer.decoder())));

    let status = async |request| send(&app, request).await.status();
    let refusal = send(&app, Request::get("/partner/prices")).await;
    assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refusal.headers()[header::WWW_AUTHENTICATE], "ApiKey");
    assert_eq!(
        status(Request::get("/partner/prices").header("x-api-key", "a guess")).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        status(Request::get("/partner/prices").header("x-api-key", "the partner's key")).await,
        StatusCode::OK
    );
    // The key is not a token, nor is a token a key.
    let token = format!("Bearer {}", issuer.token().scopes(["prices"]).sign());
    assert_eq!(
        status(Request::get("/partner/prices").header("authorization", &token)).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        status(Request::get("/prices").header("x-api-key", "the partner's key")).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(status(Request::get("/prices").header("authorization", &token)).await, StatusCode::OK);

    let refusal = send(&app, Request::get("/prices")).await;
    println!("{}", refusal.body());
    assert!(serde_json::from_str::<Value>(refusal.body())?["message"].is_string());
    println!("{}", routes().report());
    Ok(())
}
