use std::any::TypeId;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::AuthError;
use super::context::AuthContext;
use super::requirement_of::Requires;
use super::state::ProvidesResourceServer;
#[cfg(feature = "metrics")]
use super::telemetry;
use crate::scope::Requirement;

/// A handler with one of the attributes, as it was written.
pub trait Operation: 'static {
    /// The function's name.
    const NAME: &'static str;
    /// The path of its module.
    const MODULE: &'static str;
    /// Its doc comment.
    const DOCUMENTATION: &'static str;
    /// Whether it has `#[deprecated]`.
    const DEPRECATED: bool;
}

/// A handler with `#[requires_scopes]`: its own requirement and that of all extractors it takes.
pub trait ScopedOperation: Operation {
    /// What a token must be allowed to do for the handler to run.
    const REQUIREMENT: Requirement;
}

/// A handler with `#[public]`.
pub trait PublicOperation: Operation {
    /// Whether it looks at a token where there is one.
    const ACCEPTS_TOKEN: bool;
    /// Why it is public, where the attribute says so.
    const REASON: Option<&'static str>;
}

/// The guard that [`#[requires_scopes]`](crate::requires_scopes) puts before a handler's arguments. It comes first, so
/// that nobody without the scopes gets a body parsed or a path explained.
pub struct Authorized<O>(pub(crate) PhantomData<fn() -> O>);

/// The mark that [`#[public]`](crate::public) puts before a handler's arguments.
pub struct Public<O>(pub(crate) PhantomData<fn() -> O>);

impl<S: ProvidesResourceServer, O: ScopedOperation> FromRequestParts<S> for Authorized<O> {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
        let handler = TypeId::of::<O>();
        // A `ScopedRouter` has authorized the operation with what its routers require. A layer may have set the context of
        // another operation, or none; then this handler's own requirement is what is left to check.
        let context =
            parts.extensions.get::<AuthContext>().filter(|context| context.handler == Some(handler));
        let operation = context.and_then(|context| context.operation.clone());
        let operation = operation.unwrap_or_else(|| O::REQUIREMENT.into());
        state.resource_server().authorize_operation(parts, handler, operation).await?;
        #[cfg(feature = "metrics")]
        telemetry::count_admission();
        Ok(Self(PhantomData))
    }
}

impl<S: Sync, O> FromRequestParts<S> for Public<O> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        // As for `Authorized`: this is the operation.
        let authenticated = Requirement::AUTHENTICATED.into();
        let context: &mut AuthContext = parts.extensions.get_or_insert_default();
        (context.operation, context.handler) = (Some(authenticated), None);
        Ok(Self(PhantomData))
    }
}

/// The check that an extractor with `#[requires_scopes]` makes for itself, so that it protects any handler.
pub async fn check<E, S>(parts: &mut Parts, state: &S) -> Result<(), AuthError>
where
    E: Requires,
    S: ProvidesResourceServer,
{
    let context = parts.extensions.get_or_insert_default::<AuthContext>();
    context.operation.get_or_insert_with(|| E::REQUIREMENT.into());
    state.resource_server().authorize_part(parts, E::REQUIREMENT).await.map(drop)
}

impl<O> fmt::Debug for Authorized<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Authorized")
    }
}

impl<O> fmt::Debug for Public<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Public")
    }
}
