//! The path of a request through a resource server: its credentials, their outcome, the decision, and the refusal.

use std::any::TypeId;

use axum::http::request::Parts;

use super::auth_error::AuthError;
use super::context::{AuthContext, Server, TokenOutcome};
use super::evaluate::{Denial, evaluate};
use super::{ResourceServer, telemetry};
use crate::scope::{GrantedScopes, Requirement, Requirements};
use crate::token::AccessToken;

impl ResourceServer {
    /// Authorizes a request for the operation of a handler, if its token need not be decoded for that: it is missing,
    /// malformed, or cached by the decoder.
    pub(crate) fn authorize_operation_cached(
        &self,
        parts: &mut Parts,
        handler: TypeId,
        operation: &Requirements,
    ) -> Option<Result<(), AuthError>> {
        let context = AuthContext::of_cached(parts, self.server())?;
        Some(self.decide_operation(context, handler, operation))
    }

    /// Authorizes a request for the operation of a handler. Later checks of the same request read the operation and the
    /// token from its extensions.
    pub(crate) async fn authorize_operation(
        &self,
        parts: &mut Parts,
        handler: TypeId,
        operation: Requirements,
    ) -> Result<(), AuthError> {
        let context = AuthContext::of(parts, self.server()).await;
        self.decide_operation(context, handler, &operation)
    }

    /// Refuses a request for the operation without a valid token, whatever the token's scopes. For operations whose whole
    /// requirement is in the body, which is read of clients with a token only.
    #[cfg(feature = "mcp")]
    pub(crate) async fn authenticate_operation(
        &self,
        parts: &mut Parts,
        handler: TypeId,
        operation: &Requirements,
    ) -> Result<(), AuthError> {
        let context = AuthContext::of(parts, self.server()).await;
        if matches!(context.outcome(), TokenOutcome::Valid(_)) {
            return Ok(());
        }
        self.decide_operation(context, handler, operation)
    }

    /// Makes this the operation of the request, and authorizes the request for it.
    fn decide_operation(
        &self,
        context: &mut AuthContext,
        handler: TypeId,
        operation: &Requirements,
    ) -> Result<(), AuthError> {
        context.handler = Some(handler);
        context.operation = Some(operation.clone());
        self.decide(operation, None, context.outcome()).map(drop)
    }

    /// Returns the request's token, if it satisfies what a part of the operation requires.
    pub(crate) async fn authorize_part(
        &self,
        parts: &mut Parts,
        part: Requirement,
    ) -> Result<AccessToken, AuthError> {
        let context = AuthContext::of(parts, self.server()).await;
        self.accept(context, part)
    }

    /// Returns the request's token, if there is one. An invalid token is refused as by
    /// [`authorize_part`](Self::authorize_part).
    pub(super) async fn authorize_optional(
        &self,
        parts: &mut Parts,
    ) -> Result<Option<AccessToken>, AuthError> {
        let context = AuthContext::of(parts, self.server()).await;
        if matches!(context.outcome(), TokenOutcome::Missing) {
            return Ok(None);
        }
        self.accept(context, Requirement::AUTHENTICATED).map(Some)
    }

    fn accept(&self, context: &AuthContext, part: Requirement) -> Result<AccessToken, AuthError> {
        let operation = context.operation.clone().unwrap_or_else(|| part.into());
        let token = self.decide(&operation, Some(part), context.outcome())?.clone();
        Ok(token.accepted_by(self.config().clone(), operation, context.handler.is_some()))
    }

    fn decide<'a>(
        &self,
        operation: &Requirements,
        part: Option<Requirement>,
        outcome: &'a TokenOutcome,
    ) -> Result<&'a AccessToken, AuthError> {
        let of_part = part.map(Requirements::from);
        let required = of_part.as_ref().unwrap_or(operation);
        evaluate(required, outcome).map_err(|denial| {
            let (error, token, cause) = match denial {
                Denial::Refused { reason, token, cause } => {
                    let granted = token.map_or_else(GrantedScopes::default, |token| token.scopes().clone());
                    (self.config().refusal(reason, operation, part, granted), token, cause)
                }
                Denial::Unavailable { retry_after, cause } => {
                    (self.config().unavailable(retry_after), None, Some(cause))
                }
            };
            telemetry::refused(&error, &self.config().challenges, required, token, cause);
            error
        })
    }

    fn server(&self) -> Server<'_> {
        Server { decoder: self.decoder(), config: self.config() }
    }
}
