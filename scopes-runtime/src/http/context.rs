//! Stores the operation and the decoded token of a request in its extensions.

use std::any::TypeId;
use std::sync::Arc;

use axum::http::Extensions;
use axum::http::request::Parts;

use super::path_values::PathValues;
use super::server_config::{Server, ServerConfig};
use super::token_outcome::{StoredOutcome, TokenOutcome};
use crate::scope::Requirements;
use crate::token::DecodeError;

/// The request extension. All in one type, so that a request costs one allocation.
#[derive(Clone, Default)]
pub(super) struct AuthContext {
    /// The requirements of the operation that is being served.
    pub(super) required: Option<Requirements>,
    /// The handler of the operation, by its hidden type.
    pub(super) handler: Option<TypeId>,
    authorized_path: AuthorizedPath,
    /// Whether a layer of a `ScopedRouter` has the request, so that the check of the operation follows.
    is_before_check: bool,
    /// The server whose refusal of the token a layer has left to the check.
    refused_by: Option<Arc<ServerConfig>>,
    stored: Option<StoredOutcome>,
}

/// The paths for which the outcome satisfies the operation.
#[derive(Clone, Default, PartialEq)]
pub(super) enum AuthorizedPath {
    #[default]
    None,
    /// The scopes of the operation have no parameters.
    Any,
    /// The path with these values.
    With(PathValues),
}

impl AuthContext {
    /// Creates the context of a request that a handler's guard has checked first.
    pub(super) fn new(
        required: Requirements,
        handler: TypeId,
        authorized_path: AuthorizedPath,
        stored: StoredOutcome,
    ) -> Self {
        let (required, handler, stored) = (Some(required), Some(handler), Some(stored));
        Self { required, handler, authorized_path, is_before_check: false, refused_by: None, stored }
    }

    /// Returns whether a layer or an earlier check has stored a context.
    pub(super) fn is_stored(parts: &Parts) -> bool {
        parts.extensions.get::<Self>().is_some()
    }

    /// Returns the requirements of the current operation, if `handler` is its handler.
    pub(super) fn required_by(parts: &Parts, handler: TypeId) -> Option<Requirements> {
        Self::of_handler(parts, handler).and_then(|context| context.required.clone())
    }

    /// Returns the context, if its operation has this handler.
    fn of_handler(parts: &Parts, handler: TypeId) -> Option<&Self> {
        parts.extensions.get::<Self>().filter(|context| context.handler == Some(handler))
    }

    /// Sets the operation that is being served.
    pub(super) fn begin_operation(&mut self, required: Requirements, handler: Option<TypeId>) {
        (self.required, self.handler, self.is_before_check) = (Some(required), handler, false);
        self.authorized_path = AuthorizedPath::None;
    }

    /// Records that the outcome satisfies the operation.
    pub(super) fn set_authorized(&mut self, path: AuthorizedPath) {
        self.authorized_path = path;
    }

    /// Returns whether the server has authorized the request for the handler, with the credentials that it has now and, if
    /// scopes have parameters, the values of its path now. An application may dispatch a request with the extensions of
    /// another path.
    pub(super) fn is_authorized(parts: &mut Parts, server: &Server, handler: TypeId) -> bool {
        let is_for_path = match Self::of_handler(parts, handler).map(|context| &context.authorized_path) {
            None | Some(AuthorizedPath::None) => false,
            Some(AuthorizedPath::Any) => true,
            Some(AuthorizedPath::With(_)) => {
                let path = PathValues::of(parts).map(AuthorizedPath::With);
                let context = parts.extensions.get::<Self>();
                path.is_some_and(|path| context.is_some_and(|context| context.authorized_path == path))
            }
        };
        is_for_path && Self::has_outcome(parts, server)
    }

    /// Rejects the credentials if another server has refused a token in a layer. The layer took the request for one without a
    /// token, so no other token may count now.
    pub(super) fn reject_if_refused_by_other(&mut self, server: &Arc<ServerConfig>) {
        if self.refused_by.as_ref().is_some_and(|other| !Arc::ptr_eq(other, server))
            && let Some(stored) = &mut self.stored
        {
            let error = DecodeError::invalid("another server refused the token in a layer");
            stored.outcome = TokenOutcome::Rejected(Arc::new(error));
        }
    }

    /// Leaves the refusal of the credentials to the check of the operation, if a layer has the request and they are invalid.
    pub(super) fn leave_to_check(&mut self, server: &Arc<ServerConfig>) -> bool {
        let is_invalid = match self.outcome() {
            TokenOutcome::Malformed(..) => true,
            TokenOutcome::Missing(_) | TokenOutcome::Valid(_) => false,
            rejected => rejected.is_decided(),
        };
        let is_left = self.is_before_check && is_invalid;
        if is_left {
            self.refused_by = Some(Arc::clone(server));
        }
        is_left
    }

    /// Returns the request's context with the outcome for its credentials. However often this is called, a token is decoded
    /// once a request.
    pub(super) async fn with_outcome<'a>(parts: &'a mut Parts, server: &Server) -> &'a mut Self {
        if !Self::store_immediate_outcome(parts, server) {
            return Self::decode_and_store(parts, server).await;
        }
        parts.extensions.get_or_insert_default()
    }

    /// Decodes the token of the request, after [`store_immediate_outcome`](Self::store_immediate_outcome) has returned `false`.
    pub(super) async fn decode_and_store<'a>(parts: &'a mut Parts, server: &Server) -> &'a mut Self {
        // In a box, so that the futures of requests with a cached token, which are most, do not have the size of this one.
        let new = Box::pin(StoredOutcome::decoded(parts, server)).await;
        Self::store(parts, new)
    }

    /// Stores the outcome for the credentials, unless there is one to reuse. Returns `false` if the token has to be decoded
    /// first.
    pub(super) fn store_immediate_outcome(parts: &mut Parts, server: &Server) -> bool {
        if Self::has_outcome(parts, server) {
            return true;
        }
        let new = StoredOutcome::immediate(parts, server);
        new.map(|new| Self::store(parts, new)).is_some()
    }

    /// Returns whether the request has an outcome to reuse.
    fn has_outcome(parts: &Parts, server: &Server) -> bool {
        let stored = parts.extensions.get::<Self>().and_then(|context| context.stored.as_ref());
        stored.is_some_and(|stored| stored.is_for(parts, server))
    }

    fn store(parts: &mut Parts, new: StoredOutcome) -> &mut Self {
        let context: &mut Self = parts.extensions.get_or_insert_default();
        (context.stored, context.authorized_path) = (Some(new), AuthorizedPath::None);
        context
    }

    /// Returns the outcome for the credentials of a request, after [`with_outcome`](Self::with_outcome).
    pub(super) fn outcome_of(parts: &Parts) -> &TokenOutcome {
        parts.extensions.get().map_or(&TokenOutcome::Missing(None), Self::outcome)
    }

    /// The outcome, after [`with_outcome`](Self::with_outcome).
    pub(super) fn outcome(&self) -> &TokenOutcome {
        self.stored.as_ref().map_or(&TokenOutcome::Missing(None), |stored| &stored.outcome)
    }
}

/// Records that layers run now, and that the router checks the operation after them.
pub(crate) fn begin_layers(extensions: &mut Extensions) {
    let context: &mut AuthContext = extensions.get_or_insert_default();
    context.is_before_check = true;
    end_operation(extensions);
}

/// Clears the operation of an earlier handler from the context, if there is one. The next guard then checks its own.
pub(crate) fn end_operation(extensions: &mut Extensions) {
    if let Some(context) = extensions.get_mut::<AuthContext>() {
        (context.required, context.handler) = (None, None);
        context.authorized_path = AuthorizedPath::None;
    }
}

/// Records that no check of an operation follows.
pub(crate) fn end_layers(extensions: &mut Extensions) {
    if let Some(context) = extensions.get_mut::<AuthContext>() {
        context.is_before_check = false;
    }
}
