//! Proofs that a request was authorized, for functions behind the handlers.

use std::any::TypeId;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::AuthError;
use super::guard::check;
use super::provable::{Implies, ImpliesAll, Provable, WithoutParameters};
use super::requirement_of::ScopedExtractor;
use super::router_state::ProvidesResourceServer;
use super::telemetry::Place;
use crate::scope::Requirement;
use crate::token::AccessToken;

/// Proof that the token of a request has a scope.
///
/// A function that takes it cannot be called without a check, whatever route, job or test calls it. Only a check makes one: as
/// an extractor, or with [`AccessToken::grant`]. As an extractor it counts like `#[requires_scopes]`: in the requirement of the
/// handler, in the report and in the document. Without parameters it has no size. The module
/// [`guide::beyond_the_route`](crate::guide::beyond_the_route) explains the use.
///
/// It is neither `Clone` nor `Copy`, so that it is not kept beside the request: a function that uses it once takes it by value,
/// one that lends it takes `&Granted<S>`.
///
/// ```
/// use scopes_runtime::{Granted, declare_scopes, requires_scopes};
///
/// /// `types` declares a module with a type for each scope.
/// #[declare_scopes(types = scope)]
/// pub enum Scope {
///     /// Read items.
///     Items = "items",
///     /// Create, change and delete items.
///     #[implies(Items)]
///     ItemsWrite = "items:write",
/// }
///
/// struct Store;
///
/// impl Store {
///     fn delete(&self, _: &Granted<scope::ItemsWrite>, id: u64) {}
///     fn read(&self, _: Granted<scope::Items>, id: u64) {}
/// }
///
/// #[requires_scopes]
/// async fn delete_item(grant: Granted<scope::ItemsWrite>) {
///     Store.delete(&grant, 1);
///     Store.read(grant.implied(), 1);
/// }
/// # fn main() {}
/// ```
///
/// The proof of a scope with parameters has their values. It dereferences to them, so a function reads them from the proof:
///
/// ```
/// use scopes_runtime::{Granted, declare_scopes, requires_scopes};
///
/// #[declare_scopes(types = scope)]
/// pub enum Scope {
///     /// Read the projects of an organization.
///     OrgRead = "org:{org}:read",
///     /// Read all projects.
///     #[implies(OrgRead)]
///     OrgReadAll = "org:read",
/// }
///
/// fn projects(grant: &Granted<scope::OrgRead>) -> String {
///     format!("the projects of {}", grant.org)
/// }
///
/// /// For `/orgs/{org}/projects`.
/// #[requires_scopes]
/// async fn list_projects(grant: Granted<scope::OrgRead>) -> String {
///     projects(&grant)
/// }
///
/// /// `implied_for` narrows a proof for all values to one.
/// #[requires_scopes]
/// async fn list_own_projects(grant: Granted<scope::OrgReadAll>) -> String {
///     projects(&grant.implied_for(scope::OrgRead { org: "acme".into() }))
/// }
/// # fn main() {}
/// ```
#[must_use]
pub struct Granted<S: Provable>(S);

/// Creates the proof. The caller has checked the token.
pub(crate) fn proof_of<S: Provable>(scope: S) -> Granted<S> {
    Granted(scope)
}

impl<S: Provable> Granted<S> {
    /// Returns the proof of a scope that this one implies.
    ///
    /// ```compile_fail
    /// use scopes_runtime::{Granted, declare_scopes};
    ///
    /// #[declare_scopes(types = scope)]
    /// pub enum Scope {
    ///     /// Read items.
    ///     Items = "items",
    ///     /// Everything.
    ///     #[implies(Items)]
    ///     Admin = "admin",
    /// }
    ///
    /// fn widen(grant: Granted<scope::Items>) -> Granted<scope::Admin> {
    ///     grant.implied()
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if [`Implies`] was implemented by hand, and the declaration of the scope has no such implication.
    #[track_caller]
    pub fn implied<Implied: Provable>(self) -> Granted<Implied>
    where
        S: Implies<Implied>,
    {
        check_implication::<S, Implied>();
        let values = self.0.values();
        proof_of(Implied::read(&values).expect("the scopes have the same parameters"))
    }

    /// Returns the proof of a scope with parameters, which a scope without parameters implies for all values. [`Granted`] has
    /// an example.
    ///
    /// # Panics
    ///
    /// Panics if [`ImpliesAll`] was implemented by hand, and the declaration of the scope has no such implication.
    #[track_caller]
    pub fn implied_for<Implied: Provable>(self, values: Implied) -> Granted<Implied>
    where
        S: ImpliesAll<Implied> + WithoutParameters,
    {
        check_implication::<S, Implied>();
        proof_of(values)
    }
}

/// Checks that the declaration of `Implied` has this implication. [`Provable`] and [`Implies`] may be implemented by hand.
///
/// # Panics
///
/// Panics if the declaration does not have it.
#[track_caller]
fn check_implication<S: Provable, Implied: Provable>() {
    assert!(Implied::is_implied_by(TypeId::of::<S>()), "the scope does not imply the other one");
}

impl<S: Provable> Deref for Granted<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0
    }
}

impl<S: Provable> ScopedExtractor for Granted<S> {
    const REQUIREMENT: Requirement = S::REQUIREMENT;
}

impl<S: Provable, T: ProvidesResourceServer> FromRequestParts<T> for Granted<S> {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &T) -> Result<Self, AuthError> {
        let token = check::<Self, T>(parts, state).await?;
        let scope = S::read(token.required().values());
        scope.map(proof_of).ok_or_else(|| token.insufficient(S::REQUIREMENT, Place::Operation(parts)))
    }
}

impl AccessToken {
    /// Checks that the token has a scope, and returns the proof. Checks as [`require`](Self::require) does.
    ///
    /// ```
    /// use scopes_runtime::{AccessToken, AuthError, Granted, declare_scopes, requires_scopes};
    ///
    /// #[declare_scopes(types = scope)]
    /// pub enum Scope {
    ///     /// Read items.
    ///     Items = "items",
    ///     /// Read everyone's items.
    ///     Admin = "admin",
    /// }
    ///
    /// fn read_everything(_: Granted<scope::Admin>) {}
    ///
    /// #[requires_scopes("items", may_require("admin"))]
    /// async fn read(token: AccessToken) -> Result<(), AuthError> {
    ///     read_everything(token.grant()?);
    ///     Ok(())
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`AuthError::InsufficientScope`] if the scope is missing.
    ///
    /// # Panics
    ///
    /// Panics with `debug_assertions` if the handler's attribute does not declare the scope.
    #[track_caller]
    pub fn grant<S: WithoutParameters>(&self) -> Result<Granted<S>, AuthError> {
        self.require(S::REQUIREMENT)?;
        let place = Place::Code(Location::caller());
        S::read(&()).map(proof_of).ok_or_else(|| self.insufficient(S::REQUIREMENT, place))
    }

    /// Checks that the token has a scope with these values of its parameters, and returns the proof. Checks as
    /// [`require`](Self::require) does.
    ///
    /// ```
    /// use axum::extract::Path;
    /// use scopes_runtime::{AccessToken, AuthError, Granted, declare_scopes, requires_scopes};
    ///
    /// #[declare_scopes(types = scope)]
    /// pub enum Scope {
    ///     /// Read the projects of an organization.
    ///     OrgRead = "org:{org}:read",
    /// }
    ///
    /// fn projects(grant: Granted<scope::OrgRead>) -> String {
    ///     format!("the projects of {}", grant.org)
    /// }
    ///
    /// # async fn organization_of(_: u64) -> Box<str> { "acme".into() }
    /// #[requires_scopes(may_require("org:{org}:read"))]
    /// async fn list_projects(token: AccessToken, Path(project): Path<u64>) -> Result<String, AuthError> {
    ///     let org = organization_of(project).await;
    ///     Ok(projects(token.grant_for(scope::OrgRead { org })?))
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`AuthError::InsufficientScope`] if the scope is missing.
    ///
    /// # Panics
    ///
    /// Panics with `debug_assertions` if the handler's attribute does not declare the scope.
    #[track_caller]
    pub fn grant_for<S: Provable>(&self, values: S) -> Result<Granted<S>, AuthError> {
        self.require_with(S::REQUIREMENT, &values.values())?;
        Ok(proof_of(values))
    }
}

impl<S: Provable> fmt::Debug for Granted<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Granted")
    }
}
