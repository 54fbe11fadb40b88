//! The state of the application.

use axum::extract::FromRef;
use scopes_runtime::ResourceServer;

use crate::{
    auth_server::{passwords::PasswordVerifier, rate_limits::RateLimits, tokens::Tokens},
    store::database::Database,
    token_issuer::TokenIssuer,
};

/// State that the handlers share.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    database: Database,
    passwords: PasswordVerifier,
    rate_limits: RateLimits,
    tokens: Tokens,
}

impl AppState {
    /// Creates the state from a database of users and a configuration of access tokens.
    pub fn new(database: Database, tokens: Tokens) -> Self {
        Self { database, passwords: PasswordVerifier::new(), rate_limits: RateLimits::default(), tokens }
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.tokens.resource_server.clone()
    }
}

impl FromRef<AppState> for TokenIssuer {
    fn from_ref(state: &AppState) -> Self {
        state.tokens.issuer.clone()
    }
}
