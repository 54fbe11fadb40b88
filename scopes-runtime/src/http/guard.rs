//! The first arguments that the attributes insert: `Authorized`, `AuthenticatedBy` and `Public`.

use std::any::TypeId;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use futures_util::future::{Either, TryFutureExt as _, ready};

use super::context::AuthContext;
use super::handler_info::HandlerInfo;
use super::requirement_of::ScopedExtractor;
use super::router_state::ProvidesResourceServer;
#[cfg(feature = "metrics")]
use super::telemetry;
use super::{AuthError, ResourceServer};
use crate::scope::{Requirement, Requirements};
use crate::token::AccessToken;

/// Extractor that authorizes a request for a handler. [`#[requires_scopes]`](crate::requires_scopes) inserts it as the first
/// argument, so that no other extractor runs for a request without the scopes.
///
/// A closure that takes the guard and other arguments, and calls a handler with the same guard, is checked as the handler is.
/// It must not take [`AccessToken`] or [`RequiredScopes`](crate::RequiredScopes) if the handler does not: they may not have the
/// requirement of the handler then.
pub struct Authorized<O>(pub(crate) PhantomData<fn() -> O>);

/// Extractor that marks a handler whose other extractors check credentials. [`#[authenticated_by]`](crate::authenticated_by)
/// inserts it as the first argument.
///
/// It checks nothing itself. A function that takes a marked handler and returns another one with the same mark must pass all
/// arguments on.
pub struct AuthenticatedBy<O>(pub(crate) PhantomData<fn() -> O>);

/// Extractor that marks a handler as public. [`#[public]`](crate::public) inserts it as the first argument.
pub struct Public<O>(pub(crate) PhantomData<fn() -> O>);

impl<S: ProvidesResourceServer, O: HandlerInfo> FromRequestParts<S> for Authorized<O> {
    type Rejection = AuthError;

    fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> impl Future<Output = Result<Self, AuthError>> + Send {
        authorize(state.resource_server(), parts, TypeId::of::<O>(), const { &O::REQUIREMENT })
            .map_ok(|()| Self(PhantomData))
    }
}

/// Authorizes the request for a handler. Not generic, because each handler would have a copy. The future is small, because axum
/// copies it: it has the result already, or it decodes the token in an allocation of its own.
fn authorize(
    server: ResourceServer,
    parts: &mut Parts,
    handler: TypeId,
    own: &'static Requirement,
) -> impl Future<Output = Result<(), AuthError>> + Send {
    match authorize_now(&server, parts, handler, own) {
        Some(authorized) => Either::Left(ready(with_count(authorized))),
        None => Either::Right(Box::pin(async move {
            let required = requirements_of(parts, handler, own);
            with_count(server.authorize_operation_decoding(parts, Some(handler), required).await)
        })),
    }
}

/// Counts the request if it is authorized. Returns the result.
fn with_count(authorized: Result<(), AuthError>) -> Result<(), AuthError> {
    #[cfg(feature = "metrics")]
    if authorized.is_ok() {
        telemetry::count_admission();
    }
    authorized
}

/// Authorizes a request whose token is missing, malformed, or cached by the decoder. Returns `None` if the token must be
/// decoded first.
fn authorize_now(
    server: &ResourceServer,
    parts: &mut Parts,
    handler: TypeId,
    own: &'static Requirement,
) -> Option<Result<(), AuthError>> {
    if !AuthContext::is_stored(parts) {
        return server.authorize_first(parts, handler, own);
    }
    // A `ScopedRouter` may have authorized the request already. A layer of the handler may have replaced the token, the path or
    // the context since.
    if server.has_authorized(parts, handler) {
        return Some(Ok(()));
    }
    let required = requirements_of(parts, handler, own);
    server.authorize_operation_now(parts, Some(handler), &required)
}

/// Returns whether the context may be read later: by an argument of the handler, or by what has stored it.
fn needs_context(parts: &Parts, own: &Requirement) -> bool {
    own.reads_context() || AuthContext::is_stored(parts)
}

/// Returns the requirements of the handler with those of its routers, if the context has them, and otherwise its own.
fn requirements_of(parts: &Parts, handler: TypeId, own: &Requirement) -> Requirements {
    AuthContext::required_by(parts, handler).unwrap_or_else(|| (*own).into())
}

impl<S: Sync, O: HandlerInfo> FromRequestParts<S> for Public<O> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        set_unscoped::<O>(parts);
        Ok(Self(PhantomData))
    }
}

impl<S: Sync, O: HandlerInfo> FromRequestParts<S> for AuthenticatedBy<O> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        set_unscoped::<O>(parts);
        Ok(Self(PhantomData))
    }
}

/// Replaces the operation of the context by one without scopes.
fn set_unscoped<O: HandlerInfo>(parts: &mut Parts) {
    if needs_context(parts, &O::REQUIREMENT) {
        let context: &mut AuthContext = parts.extensions.get_or_insert_default();
        context.begin_operation(Requirement::ANY_VALID_TOKEN.into(), None);
    }
}

/// Authorizes a request for an extractor with `#[requires_scopes]`, which protects any handler that takes it.
pub async fn check<E, S>(parts: &mut Parts, state: &S) -> Result<AccessToken, AuthError>
where
    E: ScopedExtractor,
    S: ProvidesResourceServer,
{
    let context = parts.extensions.get_or_insert_default::<AuthContext>();
    context.required.get_or_insert_with(|| E::REQUIREMENT.into());
    state.resource_server().authorize_part(parts, E::REQUIREMENT).await
}

impl<O> fmt::Debug for Authorized<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Authorized")
    }
}

impl<O> fmt::Debug for AuthenticatedBy<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthenticatedBy")
    }
}

impl<O> fmt::Debug for Public<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Public")
    }
}
