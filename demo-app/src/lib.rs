//! FastAPI's [OAuth2 scopes tutorial](https://fastapi.tiangolo.com/advanced/security/oauth2-scopes/) as an axum
//! application: the same routes and the same users, with a database, hashed passwords and signed tokens.

mod attempts;
mod config;
mod connections;
mod current_user;
mod error;
mod handlers;
#[cfg(feature = "undeclared-scope")]
mod misspelt;
mod passwords;
mod published;
mod requests;
mod scopes;
mod serve;
mod signer;
mod signing_key;
mod store;
mod token_endpoint;
mod tokens;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
};
use scopes_runtime::{ResourceServer, ScopedRouter, openapi::OAuth2Scheme, router::routes};
use tower_http::normalize_path::NormalizePath;
use utoipa::openapi::{Info, License, OpenApi, Paths, Server};
use utoipa_swagger_ui::SwaggerUi;

use crate::{attempts::Attempts, passwords::Passwords, scopes::Scope};
pub use crate::{
    config::{Command, Config, Format, JwtSecret},
    serve::{ServeError, serve},
    signing_key::{SigningKey, SigningKeyError},
    store::{Database, OpenError},
    tokens::{TokenIssuer, Tokens, TokensError},
};

const MAX_BODY_BYTES: usize = 16 * 1024;

/// What the handlers work with.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    attempts: Attempts,
    database: Database,
    passwords: Passwords,
    tokens: Tokens,
}

impl AppState {
    /// The state for a database of users and the tokens that speak for them.
    pub fn new(database: Database, tokens: Tokens) -> Self {
        Self { attempts: Attempts::default(), database, passwords: Passwords::new(), tokens }
    }
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.tokens.server.clone()
    }
}

/// The API's document, as `/openapi.json` serves it.
pub fn openapi(issuer: &TokenIssuer) -> OpenApi {
    routes(issuer).split_for_parts().1
}

/// The whole application. A path means the same with and without a slash at its end.
pub fn app(state: AppState) -> Router {
    let (routes, openapi) = routes(&state.tokens.issuer).split_for_parts();
    // A router matches before its own layers run, so the slash goes before the router is asked.
    let any_slash = NormalizePath::trim_trailing_slash(routes.with_state(state));
    let docs = SwaggerUi::new("/docs").url("/openapi.json", openapi);
    requests::bounded_and_logged(Router::new().merge(docs).fallback_service(any_slash))
}

/// The API: every route, with what it requires. Who signs the tokens decides which routes there are to get and verify
/// them.
pub fn routes(issuer: &TokenIssuer) -> ScopedRouter<AppState> {
    let mut license = License::new(env!("CARGO_PKG_LICENSE"));
    license.identifier = Some(env!("CARGO_PKG_LICENSE").to_owned());
    let mut openapi = OpenApi::new(
        Info::new("FastAPI's OAuth2 scopes tutorial, in axum", env!("CARGO_PKG_VERSION")),
        Paths::new(),
    );
    openapi.info.license = Some(license);
    openapi.servers = Some(vec![Server::new("/")]);
    let scheme = OAuth2Scheme::new::<Scope>();
    let router = ScopedRouter::with_openapi(openapi);
    let router = match issuer {
        TokenIssuer::Secret => {
            router.security_scheme(scheme.password("/token")).merge(token_endpoint::routes())
        }
        TokenIssuer::Key => router
            .security_scheme(scheme.password("/token"))
            .merge(token_endpoint::routes())
            .merge(published::routes()),
        TokenIssuer::External(url) => {
            let url = url.trim_end_matches('/');
            router.security_scheme(scheme.open_id_connect(format!("{url}/.well-known/openid-configuration")))
        }
    };
    router
        .routes(routes!(
            handlers::welcome,
            handlers::read_system_status,
            handlers::read_own_user,
            handlers::read_own_items,
            handlers::create_own_item,
        ))
        .fallback(handlers::not_found)
        .method_not_allowed_fallback(handlers::method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}
