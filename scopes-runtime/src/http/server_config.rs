//! The configuration that the clones of a `ResourceServer` share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::auth_error::{AuthError, Challenge, Renderer, Unavailable};
use super::authentication_schemes::Scheme;
use super::challenge::ChallengeConfig;
use super::refusal_reason::RefusalReason;
use super::sender::SenderChecks;
use crate::scope::{GrantedScopes, Requirements};
use crate::token::TokenDecoder;

/// What the clones of a resource server share.
pub(super) struct Server {
    pub(super) decoder: Arc<dyn TokenDecoder>,
    pub(super) config: Arc<ServerConfig>,
}

/// The challenges, the bodies of refusals and the checks of senders of a resource server. Clones of a server share it, and its
/// address identifies the server.
#[derive(Default)]
pub(super) struct ServerConfig {
    pub(super) challenges: ChallengeConfig,
    pub(super) renderer: Option<Renderer>,
    pub(super) sender: SenderChecks,
}

impl ServerConfig {
    /// Returns the refusal of a token with these scopes. `part` is the requirement that refuses, where it is not the
    /// operation's own.
    pub(super) fn refusal(
        &self,
        reason: RefusalReason,
        required: &Requirements,
        part: Option<&Requirements>,
        granted: GrantedScopes,
        scheme: Scheme,
    ) -> AuthError {
        let template = self.challenges.refusal_for(required, part);
        let nonce = self.sender.nonce_for(reason);
        let renderer = self.renderer.clone();
        AuthError::new(reason, Challenge { reason, scheme, template, granted, renderer, nonce })
    }

    pub(super) fn unavailable(&self, retry_after: Duration) -> AuthError {
        AuthError::Unavailable(Unavailable::new(self.renderer.clone(), retry_after))
    }
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.challenges.fmt(formatter)
    }
}
