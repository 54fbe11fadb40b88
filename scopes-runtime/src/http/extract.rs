use std::convert::Infallible;
use std::fmt;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::findings::Findings;
use super::protected::{ProvidesResourceServer, Requires};
use super::{AuthError, Challenge, observed};
use crate::scope::{DeclaredScope, Requirement, Requirements};
use crate::token::{AccessToken, DecodeError};

impl Requires for AccessToken {
    const REQUIREMENT: Requirement = Requirement::AUTHENTICATED;
}

impl<S: ProvidesResourceServer> FromRequestParts<S> for AccessToken {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
        state.resource_server().authorize(parts, Requirement::AUTHENTICATED).await
    }
}

/// A request without a token goes on with `None`; one with a bad token does not.
impl<S: ProvidesResourceServer> OptionalFromRequestParts<S> for AccessToken {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, AuthError> {
        state.resource_server().authorize_if_any(parts).await
    }
}

impl AccessToken {
    /// Requires more of the token where only the handler can tell, for instance after it has read the item in
    /// question.
    ///
    /// # Errors
    ///
    /// [`AuthError::InsufficientScope`], to be returned as it is: 403 with the scopes to ask for. Where the requirement says
    /// how the user has to have logged in, [`AuthError::InsufficientAuthentication`].
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// use scopes_runtime::{AccessToken, AuthError, requires_scopes, scopes};
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// #     /// Read everyone's items.
    /// #     Admin = "admin",
    /// # }
    ///
    /// #[requires_scopes("items")]
    /// async fn read_item(token: AccessToken) -> Result<&'static str, AuthError> {
    ///     # let owner = "alice";
    ///     if token.subject() != Some(owner) {
    ///         token.require(scopes!("admin"))?;
    ///     }
    ///     Ok("the item")
    /// }
    /// ```
    pub fn require(&self, requirement: Requirement) -> Result<(), AuthError> {
        let required = requirement.into();
        let Some(insufficient) = AuthError::of_token(&required, self) else { return Ok(()) };
        let error = insufficient(self.challenge(requirement));
        observed::refused(&error, &self.protection(), &required, Some(self), None);
        Err(error)
    }

    /// Refuses the token where only the application can tell that it is no good any more, for instance because the
    /// account behind it is gone: 401 `invalid_token`.
    ///
    /// ```
    /// use scopes_runtime::{AccessToken, AuthError, requires_scopes};
    ///
    /// # fn find_user(_: Option<&str>) -> Option<String> { None }
    /// #[requires_scopes]
    /// async fn whoami(token: AccessToken) -> Result<String, AuthError> {
    ///     find_user(token.subject()).ok_or_else(|| token.refuse())
    /// }
    /// ```
    #[must_use]
    pub fn refuse(&self) -> AuthError {
        let error = AuthError::InvalidToken(self.challenge(Requirement::AUTHENTICATED));
        let cause = DecodeError::invalid("the application refuses it");
        observed::refused(&error, &self.protection(), self.operation(), Some(self), Some(&cause));
        error
    }

    fn challenge(&self, requirement: Requirement) -> Challenge {
        Challenge {
            protection: self.protection(),
            operation: self.operation().clone(),
            part: Some(requirement),
            granted: self.scopes().clone(),
        }
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
        let operation = parts.extensions.get::<Findings>().and_then(|findings| findings.operation.clone());
        Ok(Self(operation.unwrap_or_else(|| Requirement::AUTHENTICATED.into())))
    }
}
