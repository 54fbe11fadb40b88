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
    /// Authorizes a request whose token is missing, malformed, or cached by the decoder. Returns `None` if the token must be
    /// decoded first.
    pub(crate) fn authorize_operation_now(
        &self,
        parts: &mut Parts,
        handler: Option<TypeId>,
        required: &Requirements,
    ) -> Option<Result<(), AuthError>> {
        let context = AuthContext::of_immediate(parts, self.server())?;
        Some(self.evaluate_operation(context, handler, required))
    }

    /// Authorizes a request for the operation of a handler. Later checks of the same request read the operation and the
    /// token from its extensions.
    pub(crate) async fn authorize_operation(
        &self,
        parts: &mut Parts,
        handler: Option<TypeId>,
        required: Requirements,
    ) -> Result<(), AuthError> {
        match self.authorize_operation_now(parts, handler, &required) {
            Some(authorized) => authorized,
            None => self.authorize_operation_decoding(parts, handler, required).await,
        }
    }

    /// Decodes the token, and authorizes the request, after [`authorize_operation_now`](Self::authorize_operation_now) has
    /// returned `None`.
    pub(crate) async fn authorize_operation_decoding(
        &self,
        parts: &mut Parts,
        handler: Option<TypeId>,
        required: Requirements,
    ) -> Result<(), AuthError> {
        let context = AuthContext::of_decoded(parts, self.server()).await;
        self.evaluate_operation(context, handler, &required)
    }

    /// Refuses a request for the operation without a valid token, whatever the token's scopes. For operations whose whole
    /// requirement is in the body, which is read of clients with a token only.
    #[cfg(feature = "mcp")]
    pub(crate) async fn authenticate_operation(
        &self,
        parts: &mut Parts,
        required: &Requirements,
    ) -> Result<(), AuthError> {
        let context = AuthContext::of(parts, self.server()).await;
        if matches!(context.outcome(), TokenOutcome::Valid(_)) {
            return Ok(());
        }
        self.evaluate_operation(context, None, required)
    }

    /// Makes this the operation of the request, and authorizes the request for it.
    fn evaluate_operation(
        &self,
        context: &mut AuthContext,
        handler: Option<TypeId>,
        required: &Requirements,
    ) -> Result<(), AuthError> {
        context.begin_operation(required.clone(), handler);
        context.reject_if_refused_by_other(self.config());
        self.evaluate_or_refuse(required, None, context.outcome())?;
        context.set_authorized();
        Ok(())
    }

    /// Returns whether the request was authorized for the handler, with the credentials that it has now.
    pub(super) fn has_authorized(&self, parts: &Parts, handler: TypeId) -> bool {
        AuthContext::is_authorized(parts, self.server(), handler)
    }

    /// Returns the request's token, if it satisfies what a part of the operation requires.
    pub(crate) async fn authorize_part(
        &self,
        parts: &mut Parts,
        part: Requirement,
    ) -> Result<AccessToken, AuthError> {
        let context = AuthContext::of(parts, self.server()).await;
        self.evaluated_token(context, part)
    }

    /// Returns the request's token, if there is one. An invalid token is refused as by
    /// [`authorize_part`](Self::authorize_part), but not in a layer of a `ScopedRouter`: the operation refuses it, whose
    /// challenge contains the required scopes.
    pub(super) async fn authorize_optional(
        &self,
        parts: &mut Parts,
    ) -> Result<Option<AccessToken>, AuthError> {
        let context = AuthContext::of(parts, self.server()).await;
        if matches!(context.outcome(), TokenOutcome::Missing) || context.leave_to_check(self.config()) {
            return Ok(None);
        }
        self.evaluated_token(context, Requirement::ANY_VALID_TOKEN).map(Some)
    }

    fn evaluated_token(&self, context: &AuthContext, part: Requirement) -> Result<AccessToken, AuthError> {
        let required = context.required.clone().unwrap_or_else(|| part.into());
        let token = self.evaluate_or_refuse(&required, Some(part), context.outcome())?.clone();
        Ok(token.with_server(self.config().clone(), required, context.handler.is_some()))
    }

    fn evaluate_or_refuse<'a>(
        &self,
        required: &Requirements,
        part: Option<Requirement>,
        outcome: &'a TokenOutcome,
    ) -> Result<&'a AccessToken, AuthError> {
        let of_part = part.map(Requirements::from);
        let evaluated = of_part.as_ref().unwrap_or(required);
        evaluate(evaluated, outcome).map_err(|denial| {
            let (error, token, cause) = match denial {
                Denial::Refused { reason, token, cause } => {
                    let granted = token.map_or_else(GrantedScopes::default, |token| token.scopes().clone());
                    let scheme = outcome.scheme();
                    (self.config().refusal(reason, required, part, granted, scheme), token, cause)
                }
                Denial::Unavailable { retry_after, cause } => {
                    (self.config().unavailable(retry_after), None, Some(cause))
                }
            };
            telemetry::refused(&error, &self.config().challenges, evaluated, token, cause);
            error
        })
    }

    fn server(&self) -> Server<'_> {
        Server { decoder: self.decoder(), config: self.config() }
    }
}
