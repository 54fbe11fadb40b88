//! What a handler can require of the token that it received: `AccessToken::require` and `AccessToken::refuse`.

use std::error::Error;
use std::panic::Location;

use super::auth_error::AuthError;
use super::authentication_schemes::Scheme;
use super::evaluate::insufficiency;
use super::refusal_reason::RefusalReason;
use super::server_config::ServerConfig;
use super::telemetry::{self, Place};
use crate::scope::{Requirement, Requirements, TokenRequirement, shared};
use crate::token::{AccessToken, DecodeError};

impl AccessToken {
    /// Checks a further requirement, for decisions that need data of the handler, such as the owner of an item.
    ///
    /// The attribute of the handler declares with `may_require(…)` what it may require. The report, the lock file and the
    /// OpenAPI document contain it. An undeclared requirement is checked too, but it is a mistake in the program: an event of
    /// [`tracing`](https://docs.rs/tracing) at `WARN` with the target `scopes_runtime::undeclared`, and a panic in debug
    /// builds. Tokens outside of handlers with `#[requires_scopes]` need no declaration.
    ///
    /// Parameters of scopes have the values in `scopes!("org:{org}:read", org = …)`, not those of the request's path. Without a
    /// value for each parameter, the token is refused.
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
    /// #[requires_scopes("items", may_require("admin"))]
    /// async fn read_item(token: AccessToken) -> Result<&'static str, AuthError> {
    ///     # let owner = "alice";
    ///     if token.subject() != Some(owner) {
    ///         token.require(scopes!("admin"))?;
    ///     }
    ///     Ok("the item")
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Return the error as it is:
    ///
    /// - [`AuthError::InsufficientScope`] (403 with the scopes to request) if a scope is missing;
    /// - [`AuthError::InsufficientUserAuthentication`] if the user did not authenticate as required;
    /// - [`AuthError::InvalidToken`] if the requirement has `dpop`, and the token was not sent with a DPoP proof to a
    ///   [`ResourceServer`](crate::ResourceServer).
    ///
    /// # Panics
    ///
    /// Panics with `debug_assertions` if the handler's attribute does not declare a scope of the requirement, and if a
    /// parameter has no value.
    #[track_caller]
    pub fn require(&self, requirement: impl TokenRequirement) -> Result<(), AuthError> {
        self.require_with(requirement.requirement(), requirement.values())
    }

    #[track_caller]
    pub(super) fn require_with(
        &self,
        requirement: Requirement,
        values: &[(&'static str, &str)],
    ) -> Result<(), AuthError> {
        if !self.declares(&requirement) {
            telemetry::undeclared(&requirement.into(), Location::caller());
            debug_assert!(
                false,
                "`require` of `{}`, which the handler does not declare; add it to `may_require(…)` in its \
                 `#[requires_scopes]`",
                Requirements::from(requirement).in_full()
            );
        }
        let required = Requirements::from(requirement);
        debug_assert!(
            required.missing_parameters(values).next().is_none(),
            "`require` of `{requirement}` without the values of its parameters; write them behind the scopes, as in \
             `scopes!(\"org:{{org}}:read\", org = project.org)`"
        );
        // The claims of a token that no server has accepted do not prove that its sender has the key.
        let is_unproven =
            || self.server_config::<ServerConfig>().is_none_or(|config| !config.sender.accepts_dpop());
        let reason = if required.requires_dpop() && is_unproven() {
            Some(RefusalReason::UnboundToken)
        } else {
            insufficiency(&required, values, self)
        };
        match reason {
            None => Ok(()),
            Some(reason) => {
                let values = required.has_parameters().then(|| shared(values));
                let place = Place::Code(Location::caller());
                Err(self.refused(reason, &required.with_values(values), None, place))
            }
        }
    }

    /// Returns the error 401 `invalid_token`, for a token that the application rejects, for instance because the account was
    /// deleted.
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
    #[track_caller]
    pub fn refuse(&self) -> AuthError {
        let cause = DecodeError::invalid("the application refuses it");
        let place = Place::Code(Location::caller());
        self.refused(RefusalReason::InvalidToken, self.required(), Some(&cause), place)
    }

    /// Returns the refusal for a part of the operation, with the values of the request.
    pub(super) fn insufficient(&self, part: Requirement, place: Place<'_>) -> AuthError {
        self.refused(RefusalReason::InsufficientScope, &part.into(), None, place)
    }

    /// `part` is what the token does not satisfy.
    fn refused(
        &self,
        reason: RefusalReason,
        part: &Requirements,
        cause: Option<&(dyn Error + 'static)>,
        place: Place<'_>,
    ) -> AuthError {
        // A token of the application's own has not come through a server; its refusals have the default challenge.
        let config = self.server_config::<ServerConfig>().unwrap_or_default();
        let error =
            config.refusal(reason, self.required(), Some(part), self.scopes().clone(), Scheme::of(self));
        telemetry::refused(&error, &config.challenges, part, Some(self), cause, place);
        error
    }
}
