//! Metadata of the authorization server: other servers use it to verify the tokens that this program signs.

use axum::Json;
use jsonwebtoken::{Algorithm, jwk::JwkSet};
use scopes_runtime::{ScopedRouter, public, router::routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::scopes::Scope,
    auth_server::{
        dpop::{self, DpopMode},
        signer::Signer,
    },
    state::AppState,
};

pub(crate) fn routes() -> ScopedRouter<AppState> {
    ScopedRouter::new().routes(routes!(authorization_server_metadata, key_set))
}

/// RFC 8414 section 2.
#[derive(Serialize, ToSchema)]
struct Metadata {
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: Vec<&'static str>,
    grant_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// RFC 9449 section 5.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    dpop_signing_alg_values_supported: Option<[Algorithm; 2]>,
}

/// Returns the metadata of the authorization server.
#[public(reason = "resource servers read it without a token")]
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    responses((status = 200, description = "Metadata of the authorization server (RFC 8414).", body = Metadata)),
)]
async fn authorization_server_metadata(signer: Signer) -> Json<Metadata> {
    let issuer = signer.issuer();
    let base = issuer.trim_end_matches('/');
    Json(Metadata {
        issuer: issuer.to_owned(),
        token_endpoint: signer.token_endpoint(),
        jwks_uri: format!("{base}/.well-known/jwks.json"),
        scopes_supported: requestable_scopes(),
        response_types_supported: Vec::new(),
        grant_types_supported: vec!["password"],
        token_endpoint_auth_methods_supported: vec!["none"],
        dpop_signing_alg_values_supported: (signer.dpop() != DpopMode::Off).then_some(dpop::ALGORITHMS),
    })
}

/// Returns the public key that verifies access tokens.
#[public(reason = "resource servers read it without a token")]
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    responses((status = 200, description = "A JWK set (RFC 7517).", body = serde_json::Value)),
)]
async fn key_set(signer: Signer) -> Json<JwkSet> {
    Json(JwkSet { keys: signer.public_key().cloned().into_iter().collect() })
}

/// Returns the scopes without parameters: the others need values.
fn requestable_scopes() -> Vec<&'static str> {
    let plain = Scope::ALL.iter().filter(|scope| scope.declared().parameters().next().is_none());
    plain.map(|scope| scope.as_str()).collect()
}
