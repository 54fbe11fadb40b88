//! The routes to compare, which all require the scope `me`.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;

use aliri::{Jwk, Jwks, jwa, jwt};
use aliri_clock::UnixTime;
use aliri_oauth2::{Authority, HasScope, Scope as AliriScope};
use aliri_tower::Oauth2Authorizer;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum_jwt_auth::{Claims as JwtAuthClaims, Decoder, LocalDecoder};
use jwt_authorizer::{Authorizer, IntoLayer as _, JwtAuthorizer};
use protect_axum::GrantsLayer;
use protect_axum::proc_macro::protect;
use scopes_runtime::{JwtDecoder, JwtDecoderBuilder, ResourceServer, declare_scopes, requires_scopes};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::ALGORITHMS;
use crate::by_hand::{Aws, Claims, RustCrypto};
use crate::tokens::{AUDIENCE, ISSUER, algorithm, decoding_key, encoding_key, validation, verification_key};

pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) is_on_axum_07: bool,
    /// Whether the tokens of the requests have come before. It makes a difference for this library only.
    pub(crate) repeats_tokens: bool,
}

const fn peer(name: &'static str, path: &'static str) -> Peer {
    Peer { name, path, is_on_axum_07: false, repeats_tokens: false }
}

pub(crate) const PEERS: [Peer; 8] = [
    Peer { repeats_tokens: true, ..peer("scopes-runtime, tokens seen before", "scoped") },
    peer("scopes-runtime, new tokens", "fresh"),
    peer("jsonwebtoken 11 by hand, aws-lc-rs", "aws"),
    peer("jsonwebtoken 10 by hand, RustCrypto", "rust_crypto"),
    peer("aliri_axum 0.5, ring", "aliri"),
    peer("axum-jwt-auth 0.7, RustCrypto", "jwt_auth"),
    Peer { is_on_axum_07: true, ..peer("jwt-authorizer 0.15, ring, axum 0.7", "authorizer") },
    peer("protect-axum 0.2, jsonwebtoken 11 by hand", "protect"),
];

const HELLO: &str = "Hello, World!";

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
}

#[requires_scopes("me")]
async fn scoped() -> &'static str {
    HELLO
}

fn scopes_runtime(name: &str, configure: fn(JwtDecoderBuilder) -> JwtDecoderBuilder) -> ResourceServer {
    let builder =
        JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE).key(verification_key(algorithm(name)));
    ResourceServer::new(configure(builder).build().expect("a decoder"))
}

fn check(claims: &Claims) -> Result<&'static str, StatusCode> {
    let granted: HashSet<_> = claims.scope.split(' ').collect();
    if granted.contains("me") { Ok(HELLO) } else { Err(StatusCode::FORBIDDEN) }
}

async fn aws(State(state): State<Arc<Aws>>, headers: HeaderMap) -> Result<&'static str, StatusCode> {
    check(&state.claims(&headers)?)
}

async fn rust_crypto(
    State(state): State<Arc<RustCrypto>>,
    headers: HeaderMap,
) -> Result<&'static str, StatusCode> {
    check(&state.claims(&headers)?)
}

async fn jwt_auth(JwtAuthClaims { claims, .. }: JwtAuthClaims<Claims>) -> Result<&'static str, StatusCode> {
    check(&claims)
}

#[derive(Clone, Deserialize)]
pub struct AliriClaims {
    iss: jwt::Issuer,
    aud: jwt::Audiences,
    exp: UnixTime,
    scope: AliriScope,
}

impl jwt::CoreClaims for AliriClaims {
    fn nbf(&self) -> Option<UnixTime> {
        None
    }

    fn exp(&self) -> Option<UnixTime> {
        Some(self.exp)
    }

    fn aud(&self) -> &jwt::Audiences {
        &self.aud
    }

    fn iss(&self) -> Option<&jwt::IssuerRef> {
        Some(&self.iss)
    }

    fn sub(&self) -> Option<&jwt::SubjectRef> {
        None
    }
}

impl HasScope for AliriClaims {
    fn scope(&self) -> &AliriScope {
        &self.scope
    }
}

aliri_axum::scope_guards! {
    type Claims = AliriClaims;

    scope Me = "me";
}

async fn aliri(_: Me) -> &'static str {
    HELLO
}

fn authority(name: &str, jwk: &Value) -> Authority {
    let algorithm: jwa::Algorithm = serde_json::from_value(name.into()).expect("an algorithm");
    // aliri reads keys from text only.
    let key: Jwk = serde_json::from_str(&jwk.to_string()).expect("a JWK");
    let mut jwks = Jwks::default();
    jwks.add_key(key.with_algorithm(algorithm));
    let validator = jwt::CoreValidator::default()
        .add_approved_algorithm(algorithm)
        .add_allowed_audience(jwt::Audience::from_static(AUDIENCE))
        .require_issuer(jwt::Issuer::from_static(ISSUER));
    Authority::new(jwks, validator)
}

#[protect("me")]
async fn protected() -> &'static str {
    HELLO
}

async fn scopes_of(request: &mut Request) -> Result<HashSet<String>, axum::response::Response> {
    use axum::response::IntoResponse as _;
    let state: &Arc<Aws> = request.extensions().get().expect("the layer adds it");
    state.claims(request.headers()).map(|claims| claims.scopes()).map_err(|status| status.into_response())
}

/// Returns the key as a JWK, with the algorithm.
fn jwk(name: &str) -> Value {
    let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&encoding_key(algorithm(name)), algorithm(name))
        .expect("a key");
    serde_json::to_value(jwk).expect("JSON")
}

fn routes(name: &str) -> Router {
    let at = |path: &str| format!("/{path}/{name}");
    let by_hand = Arc::new(Aws(decoding_key(algorithm(name)), validation(algorithm(name))));
    let on_rust_crypto = RustCrypto::new(name, &jwk(name));
    let RustCrypto(key, checks) = on_rust_crypto.clone();
    let decoder = LocalDecoder::builder().keys(vec![key]).validation(checks).build().expect("a decoder");
    let authorizer = Oauth2Authorizer::new().with_claims::<AliriClaims>().with_terse_error_handler();
    Router::new()
        .route(&at("open"), get(async || HELLO))
        .route(&at("scoped"), get(scoped).with_state(scopes_runtime(name, |builder| builder)))
        // The cache is enabled but too small, so each token is decoded.
        .route(
            &at("fresh"),
            get(scoped).with_state(scopes_runtime(name, |builder| builder.cache_capacity(64 * 1024))),
        )
        .route(&at("aws"), get(aws).with_state(Arc::clone(&by_hand)))
        .route(&at("rust_crypto"), get(rust_crypto).with_state(Arc::new(on_rust_crypto)))
        .route(&at("jwt_auth"), get(jwt_auth).with_state(Arc::new(decoder) as Decoder<Claims>))
        .route(&at("aliri"), get(aliri).layer(authorizer.jwt_layer(authority(name, &jwk(name)))))
        .route(
            &at("protect"),
            get(protected)
                .layer::<_, Infallible>(GrantsLayer::with_extractor(scopes_of))
                .layer(axum::Extension(by_hand)),
        )
}

async fn authorizer(name: &str) -> axum_07::Router {
    use axum_07::routing::get;
    let keys = serde_json::json!({ "keys": [jwk(name)] }).to_string();
    let authorizer: Authorizer<Claims> = JwtAuthorizer::from_jwks_text(&keys)
        .validation(jwt_authorizer::Validation::new().iss(&[ISSUER]).aud(&[AUDIENCE]).nbf(true))
        .check(|claims: &Claims| claims.scope.split(' ').any(|scope| scope == "me"))
        .build()
        .await
        .expect("an authorizer");
    axum_07::Router::new()
        .route(&format!("/authorizer/{name}"), get(|| async { HELLO }).layer(authorizer.into_layer()))
        .route(&format!("/open/{name}"), get(|| async { HELLO }))
}

/// Serves on both versions of axum, and prints the two addresses.
pub(crate) async fn serve() {
    let listen = async || TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (current, older) = (listen().await, listen().await);
    let app = ALGORITHMS.iter().fold(Router::new(), |app, name| app.merge(routes(name)));
    let mut app_07 = axum_07::Router::new();
    for name in ALGORITHMS {
        app_07 = app_07.merge(authorizer(name).await);
    }
    for listener in [&current, &older] {
        println!("{}", listener.local_addr().expect("an address"));
    }
    let current = async { axum::serve(current, app).await.expect("it serves") };
    let older = async { axum_07::serve(older, app_07).await.expect("it serves") };
    tokio::join!(current, older);
}
