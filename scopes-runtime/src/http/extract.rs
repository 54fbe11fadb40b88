use std::convert::Infallible;
use std::fmt;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::AuthError;
use super::context::AuthContext;
use super::requirement_of::Requires;
use super::state::ProvidesResourceServer;
use crate::scope::{DeclaredScope, Requirement, Requirements};
use crate::token::AccessToken;

impl Requires for AccessToken {
    const REQUIREMENT: Requirement = Requirement::AUTHENTICATED;
}

impl<S: ProvidesResourceServer> FromRequestParts<S> for AccessToken {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
        state.resource_server().authorize_part(parts, Requirement::AUTHENTICATED).await
    }
}

/// A request without a token goes on with `None`; one with a bad token does not.
impl<S: ProvidesResourceServer> OptionalFromRequestParts<S> for AccessToken {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, AuthError> {
        state.resource_server().authorize_optional(parts).await
    }
}

/// As an extractor: what the operation that is being served requires, extractors included. Nothing on a public one.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use scopes_runtime::{RequiredScopes, requires_scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[requires_scopes("items")]
/// async fn explain(required: RequiredScopes) -> String {
///     format!("you need {required}")
/// }
/// ```
#[derive(Clone)]
pub struct RequiredScopes(pub(super) Requirements);

impl RequiredScopes {
    /// Every minimal set of scopes that satisfies it, as [`Requirement::alternatives`] has them.
    #[must_use]
    pub fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        self.0.alternatives()
    }
}

impl fmt::Display for RequiredScopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for RequiredScopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("RequiredScopes").field(&self.to_string()).finish()
    }
}

impl<S: Sync> FromRequestParts<S> for RequiredScopes {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let operation = parts.extensions.get::<AuthContext>().and_then(|context| context.operation.clone());
        Ok(Self(operation.unwrap_or_else(|| Requirement::AUTHENTICATED.into())))
    }
}
