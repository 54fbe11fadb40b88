//! FastAPI's [OAuth2 scopes tutorial](https://fastapi.tiangolo.com/advanced/security/oauth2-scopes/) as an axum
//! application: the same routes and the same users, with a database, hashed passwords and signed tokens.

mod api;
mod app;
mod auth_server;
mod client_slots;
mod config;
mod docs;
mod error;
mod routes;
mod serve;
mod state;
mod store;
mod token_issuer;

pub use crate::{
    app::app,
    auth_server::{
        dpop::DpopMode,
        jwt_secret::JwtSecret,
        signing_key::{SigningKey, SigningKeyError},
        tokens::{Tokens, TokensError},
    },
    config::{Command, Config, ReportFormat},
    docs::openapi,
    routes::routes,
    serve::server::{ServeError, serve},
    state::AppState,
    store::{database::Database, open::OpenDatabaseError},
    token_issuer::{ExternalIssuer, TokenIssuer},
};
