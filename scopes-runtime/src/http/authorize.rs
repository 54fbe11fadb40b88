//! The path of a request through a resource server: its credentials, their outcome, the decision, and the refusal.

use std::any::TypeId;
use std::sync::{Arc, LazyLock};

use axum::http::request::Parts;

use super::ResourceServer;
use super::auth_error::AuthError;
use super::bearer::AuthorizationHeader;
use super::context::{AuthContext, AuthorizedPath};
use super::evaluate::{Denial, evaluate};
use super::request_values::RequestValues;
use super::telemetry::{self, Place};
use super::token_outcome::{StoredOutcome, TokenOutcome};
use crate::scope::{GrantedScopes, Requirement, Requirements, SharedValues};
use crate::token::AccessToken;

/// Shared, so that refusals without a token do not allocate an empty list.
static NO_SCOPES: LazyLock<GrantedScopes> = LazyLock::new(GrantedScopes::default);

/// Returns the path that a request with these values is authorized for.
fn authorized_path(values: Option<RequestValues>) -> AuthorizedPath {
    values.map_or(AuthorizedPath::Any, RequestValues::into_authorized)
}

impl ResourceServer {
    /// Authorizes a request whose token is missing, malformed, or cached by the decoder. Returns `None` if the token must be
    /// decoded first.
    pub(crate) fn authorize_operation_now(
        &self,
        parts: &mut Parts,
        handler: Option<TypeId>,
        required: &Requirements,
    ) -> Option<Result<(), AuthError>> {
        AuthContext::store_immediate_outcome(parts, self.server())
            .then(|| self.evaluate_operation(parts, handler, required))
    }

    /// Authorizes a request that has no context, and stores one if an argument of the handler may read it. Returns `None` if
    /// the token must be decoded first.
    pub(super) fn authorize_first(
        &self,
        parts: &mut Parts,
        handler: TypeId,
        own: &Requirement,
    ) -> Option<Result<(), AuthError>> {
        let header = AuthorizationHeader::of(&parts.headers);
        let outcome = TokenOutcome::immediate(&header, parts, self.server())?;
        let header = own.reads_context().then(|| header.cloned());
        let required = Requirements::from(*own);
        let values = RequestValues::of(parts, &required);
        let (authorized, path) = match evaluate_with(&required, values.as_ref(), &outcome) {
            Ok(()) => (Ok(()), authorized_path(values)),
            Err(denial) => {
                let refusal = self.refuse_operation(denial, &required, values, &outcome, parts);
                (Err(refusal), AuthorizedPath::None)
            }
        };
        if let Some(header) = header {
            let outcome = StoredOutcome::now(self.server(), parts, header, outcome);
            parts.extensions.insert(AuthContext::new(required, handler, path, outcome));
        }
        Some(authorized)
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
        AuthContext::decode_and_store(parts, self.server()).await;
        self.evaluate_operation(parts, handler, &required)
    }

    /// Refuses a request for the operation without a valid token, whatever the token's scopes. For operations whose requirement
    /// depends on the body: the body is read only if the token is valid.
    #[cfg(feature = "mcp")]
    pub(crate) async fn authenticate_operation(
        &self,
        parts: &mut Parts,
        required: &Requirements,
    ) -> Result<(), AuthError> {
        let context = AuthContext::with_outcome(parts, self.server()).await;
        if matches!(context.outcome(), TokenOutcome::Valid(_)) {
            return Ok(());
        }
        self.evaluate_operation(parts, None, required)
    }

    /// Makes this the operation of the request, and authorizes the request for it.
    fn evaluate_operation(
        &self,
        parts: &mut Parts,
        handler: Option<TypeId>,
        required: &Requirements,
    ) -> Result<(), AuthError> {
        let values = RequestValues::of(parts, required);
        let context: &mut AuthContext = parts.extensions.get_or_insert_default();
        context.begin_operation(required.clone(), handler);
        context.reject_if_refused_by_other(self.config());
        if let Err(denial) = evaluate_with(required, values.as_ref(), context.outcome()) {
            let outcome = AuthContext::outcome_of(parts);
            return Err(self.refuse_operation(denial, required, values, outcome, parts));
        }
        context.set_authorized(authorized_path(values));
        Ok(())
    }

    /// Returns whether the request was authorized for the handler, with the credentials that it has now.
    pub(super) fn has_authorized(&self, parts: &mut Parts, handler: TypeId) -> bool {
        AuthContext::is_authorized(parts, self.server(), handler)
    }

    /// Returns the request's token, if it satisfies what a part of the operation requires.
    pub(crate) async fn authorize_part(
        &self,
        parts: &mut Parts,
        part: Requirement,
    ) -> Result<AccessToken, AuthError> {
        AuthContext::with_outcome(parts, self.server()).await;
        self.evaluate_part(parts, part)
    }

    /// Returns the request's token, if there is one. An invalid token is refused as by
    /// [`authorize_part`](Self::authorize_part), but not in a layer of a `ScopedRouter`: the operation refuses it, whose
    /// challenge contains the required scopes.
    pub(super) async fn authorize_optional(
        &self,
        parts: &mut Parts,
    ) -> Result<Option<AccessToken>, AuthError> {
        let context = AuthContext::with_outcome(parts, self.server()).await;
        if matches!(context.outcome(), TokenOutcome::Missing(_)) || context.leave_to_check(self.config()) {
            return Ok(None);
        }
        self.evaluate_part(parts, Requirement::ANY_VALID_TOKEN).map(Some)
    }

    /// Evaluates a part of the operation. The context has the outcome for the credentials.
    fn evaluate_part(&self, parts: &mut Parts, part: Requirement) -> Result<AccessToken, AuthError> {
        let values = RequestValues::of_part(parts, part).map(|values| Arc::new(values) as SharedValues);
        let context = parts.extensions.get::<AuthContext>();
        let required = context.and_then(|context| context.required.clone());
        let required = required.unwrap_or_else(|| part.into()).with_values(values.clone());
        let part = Requirements::from(part).with_values(values);
        let outcome = context.map_or(&TokenOutcome::Missing(None), AuthContext::outcome);
        let token = evaluate(&part, part.values(), outcome)
            .map_err(|denial| self.refuse(denial, &required, Some(&part), outcome, parts))?
            .clone();
        let is_declared = context.is_some_and(|context| context.handler.is_some());
        Ok(token.with_server(self.config().clone(), required, is_declared))
    }

    /// Returns the refusal of the operation, which takes the values.
    fn refuse_operation(
        &self,
        denial: Denial,
        required: &Requirements,
        values: Option<RequestValues>,
        outcome: &TokenOutcome,
        parts: &Parts,
    ) -> AuthError {
        let with_values = values.map(|values| {
            values.warn_of_missing([required], &parts.uri);
            required.clone().with_values(Some(Arc::new(values)))
        });
        self.refuse(denial, with_values.as_ref().unwrap_or(required), None, outcome, parts)
    }

    /// Returns the refusal of the part if there is one, otherwise of the operation.
    fn refuse(
        &self,
        denial: Denial,
        required: &Requirements,
        part: Option<&Requirements>,
        outcome: &TokenOutcome,
        parts: &Parts,
    ) -> AuthError {
        let token = outcome.token();
        let error = match denial {
            Denial::Refused(reason) => {
                let granted = token.map_or(&*NO_SCOPES, AccessToken::scopes).clone();
                self.config().refusal(reason, required, part, granted, outcome.scheme())
            }
            Denial::Unavailable { retry_after } => self.config().unavailable(retry_after),
        };
        let place = Place::Operation(parts);
        let required = part.unwrap_or(required);
        telemetry::refused(&error, &self.config().challenges, required, token, outcome.cause(), place);
        error
    }
}

/// Evaluates an operation with the values of a request.
fn evaluate_with(
    required: &Requirements,
    values: Option<&RequestValues>,
    outcome: &TokenOutcome,
) -> Result<(), Denial> {
    let evaluated = match values {
        Some(values) => evaluate(required, values, outcome),
        None => evaluate(required, &(), outcome),
    };
    evaluated.map(|_| ())
}
