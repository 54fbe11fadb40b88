//! `AccessToken` and `RequiredScopes` as extractors.

use std::convert::Infallible;
use std::fmt;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::AuthError;
use super::context::AuthContext;
use super::requirement_of::ScopedExtractor;
use super::router_state::ProvidesResourceServer;
use crate::scope::{DeclaredScope, Requirement, Requirements};
use crate::token::AccessToken;

impl ScopedExtractor for AccessToken {
    const REQUIREMENT: Requirement = Requirement::ANY_VALID_TOKEN;
}

impl<S: ProvidesResourceServer> FromRequestParts<S> for AccessToken {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
        state.resource_server().authorize_part(parts, Requirement::ANY_VALID_TOKEN).await
    }
}

/// Extracts `None` from a request without a token. A request with an invalid token is refused; in a layer of a `ScopedRouter`
/// it is `None`, and the check of the operation refuses it.
impl<S: ProvidesResourceServer> OptionalFromRequestParts<S> for AccessToken {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, AuthError> {
        state.resource_server().authorize_optional(parts).await
    }
}

/// Extracts the operation's requirement: those of the handler, its extractors and its routers together.
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
///     format!("this needs {required}")
/// }
/// ```
///
/// In an extractor, it is the requirement of the handler that takes the extractor:
///
/// ```
/// use std::convert::Infallible;
///
/// use axum::extract::FromRequestParts;
/// use axum::http::request::Parts;
/// use scopes_runtime::RequiredScopes;
///
/// struct Explanation(String);
///
/// impl<S: Send + Sync> FromRequestParts<S> for Explanation {
///     type Rejection = Infallible;
///
///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
///         let required = RequiredScopes::from_request_parts(parts, state).await?;
///         Ok(Self(format!("this needs {required}")))
///     }
/// }
/// ```
#[derive(Clone)]
pub struct RequiredScopes(pub(super) Requirements);

impl RequiredScopes {
    /// Returns the minimal sets of scopes that satisfy the operation, as [`Requirement::alternatives`] does. For a public
    /// operation: one empty set.
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
        let required = parts.extensions.get::<AuthContext>().and_then(|context| context.required.clone());
        Ok(Self(required.unwrap_or_else(|| Requirement::ANY_VALID_TOKEN.into())))
    }
}
