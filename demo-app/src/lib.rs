//! FastAPI's [OAuth2 scopes tutorial](https://fastapi.tiangolo.com/advanced/security/oauth2-scopes/) as an axum
//! application: the same routes and the same users, with a database, hashed passwords and signed tokens.

mod api;
mod app;
mod auth_server;
mod config;
mod error;
mod serve;
mod state;
mod store;

pub use crate::{
    app::{app, openapi, routes},
    auth_server::{
        jwt_secret::JwtSecret,
        signing_key::{SigningKey, SigningKeyError},
        tokens::{TokenIssuer, Tokens, TokensError},
    },
    config::{Command, Config, ReportFormat},
    serve::server::{ServeError, serve},
    state::AppState,
    store::{database::Database, open::OpenDatabaseError},
};
