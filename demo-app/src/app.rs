//! The router and the OpenAPI document.

use axum::{Router, extract::DefaultBodyLimit};
use scopes_runtime::{ScopedRouter, openapi::OAuth2Scheme, router::routes};
use tower_http::normalize_path::NormalizePath;
use utoipa::openapi::{Info, License, OpenApi, Paths, Server};

use crate::{
    api::{fallbacks, handlers, scopes::Scope},
    auth_server::{metadata, token_endpoint},
    docs,
    serve::request_limits::limit_and_log,
    state::AppState,
    token_issuer::TokenIssuer,
};

const MAX_BODY_BYTES: usize = 16 * 1024;

/// Builds the application. A path matches with and without a slash at its end.
pub fn app(state: AppState) -> Router {
    let docs = docs::routes(state.clone());
    let api = Router::from(routes(&state.tokens().issuer));
    // A router's own layers run after it has matched the path, so the slash is removed around the router.
    let api = NormalizePath::trim_trailing_slash(api.with_state(state));
    limit_and_log(Router::new().merge(docs).fallback_service(api))
}

/// Returns the OpenAPI document that `/openapi.json` serves.
pub fn openapi(issuer: &TokenIssuer) -> OpenApi {
    let routes = routes(issuer);
    let report = routes.report();
    docs::described(routes.split_for_parts().1, &report)
}

/// Builds the API. `issuer` determines the security scheme and which routes of the authorization server exist.
pub fn routes(issuer: &TokenIssuer) -> ScopedRouter<AppState> {
    let scheme = OAuth2Scheme::new::<Scope>();
    let (scheme, auth_server) = match issuer {
        TokenIssuer::Secret => (scheme.password("/token"), token_endpoint::routes()),
        TokenIssuer::Key => (scheme.password("/token"), token_endpoint::routes().merge(metadata::routes())),
        TokenIssuer::External(url) => {
            let url = url.trim_end_matches('/');
            let configuration = format!("{url}/.well-known/openid-configuration");
            (scheme.open_id_connect(configuration), ScopedRouter::new())
        }
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
