//! The routes to compare.

use std::collections::HashSet;
use std::hint;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::get;
use jsonwebtoken::{DecodingKey, Validation, decode};
use scopes_runtime::{AccessToken, JwtDecoder, JwtDecoderBuilder, ResourceServer, requires_scopes};
use scopes_tests::Scope;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::tokens::{ALGORITHMS, AUDIENCE, ISSUER, algorithm, decoding_key, validation, verification_key};

async fn open() -> &'static str {
    "Hello, World!"
}

#[requires_scopes("me")]
async fn scoped() -> &'static str {
    "Hello, World!"
}

#[requires_scopes("me")]
async fn with_token(token: AccessToken) -> &'static str {
    hint::black_box(token);
    "Hello, World!"
}

/// The response for a missing scope, without a check.
async fn refused() -> impl IntoResponse {
    let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="me""#;
    let body = r#"{"title":"Forbidden","status":403,"detail":"The access token lacks a required scope. Obtain a token that has it.","error":"insufficient_scope","scope":"me"}"#;
    (StatusCode::FORBIDDEN, [(WWW_AUTHENTICATE, challenge), (CONTENT_TYPE, "application/problem+json")], body)
}

/// The check of an application without this crate: the same checks, as far as jsonwebtoken supports them.
#[derive(Clone)]
struct ByHand(Arc<(DecodingKey, Validation)>);

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    scope: String,
}

struct Authenticated;

impl FromRequestParts<ByHand> for Authenticated {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, ByHand(state): &ByHand) -> Result<Self, StatusCode> {
        let (key, validation) = &**state;
        let header = parts.headers.get(AUTHORIZATION).ok_or(StatusCode::UNAUTHORIZED)?;
        let header = header.to_str().map_err(|_| StatusCode::BAD_REQUEST)?;
        let token = header.strip_prefix("Bearer ").ok_or(StatusCode::UNAUTHORIZED)?;
        let decoded = decode::<Claims>(token, key, validation).map_err(|_| StatusCode::UNAUTHORIZED)?;
        if decoded.header.typ.as_deref() != Some("at+jwt") {
            return Err(StatusCode::UNAUTHORIZED);
        }
        let granted: HashSet<_> = decoded.claims.scope.split(' ').collect();
        if granted.contains("me") { Ok(Self) } else { Err(StatusCode::FORBIDDEN) }
    }
}

async fn by_hand(_: Authenticated) -> &'static str {
    "Hello, World!"
}

fn app() -> Router {
    ALGORITHMS.iter().fold(Router::new(), |app, name| {
        let algorithm = algorithm(name);
        let server = |configure: fn(JwtDecoderBuilder) -> JwtDecoderBuilder| {
            let builder =
                JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE).key(verification_key(algorithm));
            ResourceServer::new(configure(builder).build().expect("a decoder"))
        };
        let known = server(|builder| builder);
        // The cache is enabled but too small, so each token is decoded.
        let fresh = server(|builder| builder.cache_capacity(64 * 1024));
        let validation = validation(algorithm);
        let by_hand_state = ByHand(Arc::new((decoding_key(algorithm), validation)));
        app.route(&format!("/open/{name}"), get(open))
            .route(&format!("/refused/{name}"), get(refused))
            .route(&format!("/token/{name}"), get(with_token).with_state(known.clone()))
            .route(&format!("/scoped/{name}"), get(scoped).with_state(known))
            .route(&format!("/fresh/{name}"), get(scoped).with_state(fresh))
            .route(&format!("/hand/{name}"), get(by_hand).with_state(by_hand_state))
    })
}

pub(crate) async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("an address"));
    axum::serve(listener, app()).await.expect("it serves");
}
