//! The routes of the API.

use axum::extract::DefaultBodyLimit;
use scopes_runtime::{ScopedRouter, openapi::OAuth2Scheme, router::routes};
use utoipa::openapi::{Info, License, OpenApi, Paths, Server};

use crate::{
    api::{fallbacks, handlers, scopes::Scope},
    auth_server::{metadata, token_endpoint},
    state::AppState,
    token_issuer::TokenIssuer,
};

const MAX_BODY_BYTES: usize = 16 * 1024;

/// Builds the API. `issuer` determines the security scheme and which routes of the authorization server exist.
pub fn routes(issuer: &TokenIssuer) -> ScopedRouter<AppState> {
    let scheme = OAuth2Scheme::new::<Scope>();
    let (scheme, auth_server) = match issuer {
        TokenIssuer::Secret => (scheme.password("/token"), token_endpoint::routes()),
        TokenIssuer::Key => (scheme.password("/token"), token_endpoint::routes().merge(metadata::routes())),
        TokenIssuer::External(issuer) => (issuer.scheme(), ScopedRouter::new()),
    };
    ScopedRouter::with_openapi(document())
        .security_scheme(scheme)
        .merge(auth_server)
        .routes(routes!(
            handlers::welcome,
            handlers::read_system_status,
            handlers::read_own_user,
            handlers::read_own_items,
            handlers::create_own_item,
            handlers::create_item,
        ))
        .fallback(fallbacks::not_found)
        .method_not_allowed_fallback(fallbacks::method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

/// Returns a document with everything but the operations.
fn document() -> OpenApi {
    let mut license = License::new(env!("CARGO_PKG_LICENSE"));
    license.identifier = Some(env!("CARGO_PKG_LICENSE").to_owned());
    let mut info = Info::new("FastAPI's OAuth2 scopes tutorial, in axum", env!("CARGO_PKG_VERSION"));
    info.license = Some(license);
    let mut openapi = OpenApi::new(info, Paths::new());
    openapi.servers = Some(vec![Server::new("/")]);
    openapi
}
