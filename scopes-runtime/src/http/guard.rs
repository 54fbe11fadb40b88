use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::AuthError;
use super::findings::Findings;
use super::protected::{ProvidesResourceServer, Requires};
use super::required_by_routers::RequiredByRouters;
use crate::scope::{Requirement, Requirements};

/// A handler with one of the attributes, as it was written.
pub trait Operation {
    /// The function's name.
    const NAME: &'static str;
    /// The path of its module.
    const MODULE: &'static str;
    /// Its doc comment.
    const DOCUMENTATION: &'static str;
    /// Whether it has `#[deprecated]`.
    const DEPRECATED: bool;
    /// Whether its `#[utoipa::path]` has an `operation_id`.
    const HAS_OPERATION_ID: bool = false;
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
        let routers = parts.extensions.remove::<RequiredByRouters>().map(|RequiredByRouters(all)| all);
        // An extractor that a layer ran before speaks for itself alone; this is the operation.
        let operation = Requirements::new(O::REQUIREMENT, routers);
        state.resource_server().admit(parts, operation).await?;
        Ok(Self(PhantomData))
    }
}

impl<S: Sync, O> FromRequestParts<S> for Public<O> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        // As for `Authorized`: this is the operation.
        let authenticated = Requirement::AUTHENTICATED.into();
        parts.extensions.get_or_insert_default::<Findings>().operation = Some(authenticated);
        Ok(Self(PhantomData))
    }
}

/// The check that an extractor with `#[requires_scopes]` makes for itself, so that it protects any handler.
pub async fn check<E, S>(parts: &mut Parts, state: &S) -> Result<(), AuthError>
where
    E: Requires,
    S: ProvidesResourceServer,
{
    let findings = parts.extensions.get_or_insert_default::<Findings>();
    findings.operation.get_or_insert_with(|| E::REQUIREMENT.into());
    state.resource_server().authorize(parts, E::REQUIREMENT).await.map(drop)
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
