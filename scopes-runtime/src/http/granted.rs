//! Proofs that a request was authorized, for functions behind the handlers.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::AuthError;
use super::guard::check;
use super::requirement_of::ScopedExtractor;
use super::router_state::ProvidesResourceServer;
use crate::scope::{ParameterValues, Requirement};
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

/// What a [`Granted`] proves: a type of the module of [`#[declare_scopes(types = …)]`](macro@crate::declare_scopes), or
/// [`AnyOf`] several. See [`Granted`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scope that `Granted` can prove",
    label = "expected a type of the module of `#[declare_scopes(types = …)]`",
    note = "write the type, such as `Granted<scope::Items>`, or `Granted<AnyOf<(scope::Items, scope::Me)>>`"
)]
pub trait Provable: Sized + 'static {
    /// The requirement that the check evaluates.
    const REQUIREMENT: Requirement;

    /// Returns the type with its values. `None` if one is missing.
    #[doc(hidden)]
    fn read(values: &dyn ParameterValues) -> Option<Self>;

    /// Returns the names and the values of the parameters.
    #[doc(hidden)]
    fn values(&self) -> Vec<(&'static str, &str)>;

    /// Returns whether the declaration of this scope lets the other type imply it.
    #[doc(hidden)]
    fn is_implied_by(other: TypeId) -> bool;
}

/// A [`Provable`] without parameters. `#[declare_scopes(types = …)]` implements it. See [`AccessToken::grant`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has parameters, whose values the proof contains",
    label = "no values are given here",
    note = "give them to `AccessToken::grant_for`, or take the proof as an argument of the handler, which has them from the path"
)]
pub trait WithoutParameters: Provable {}

/// A scope that implies another one, with the same parameters. `#[declare_scopes(types = …)]` implements it as `#[implies]` says.
/// See [`Granted`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not imply the other scope",
    label = "this proof is of another scope",
    note = "take `Granted` of the scope that the function needs, or declare the implication with `#[implies(…)]`; if the other scope has parameters, give the values to `implied_for`"
)]
pub trait Implies<Implied> {}

/// A scope that implies another one for all values of its parameters. `#[declare_scopes(types = …)]` implements it as `#[implies]`
/// says. See [`Granted`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not imply the other scope for all values",
    label = "this proof is of another scope",
    note = "use `implied` for a scope with the same parameters, or declare the implication with `#[implies(…)]`"
)]
pub trait ImpliesAll<Implied> {}

/// One of several scopes without parameters, in a [`Granted`].
///
/// ```
/// use scopes_runtime::{AnyOf, Granted, declare_scopes};
///
/// #[declare_scopes(types = scope)]
/// pub enum Scope {
///     /// Read items.
///     Items = "items",
///     /// Read everything.
///     Audit = "audit",
/// }
///
/// fn read(_: Granted<AnyOf<(scope::Items, scope::Audit)>>) {}
/// ```
pub struct AnyOf<S: 'static>(PhantomData<fn() -> S>);

/// Returns the proof, after the check.
pub(crate) fn checked<S: Provable>(scope: S) -> Granted<S> {
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
        checked(Implied::read(&values).expect("the scopes have the same parameters"))
    }

    /// Returns the proof of a scope with parameters, which a scope without parameters implies for all values. [`Granted`] has an
    /// example.
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
        checked(values)
    }
}

/// A crate can implement [`Provable`] and [`Implies`] for its own types by hand. Only the declaration of the implied scope decides.
///
/// # Panics
///
/// Panics if the declaration of the second scope does not name the first one.
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
        scope.map(checked).ok_or_else(|| token.insufficient(S::REQUIREMENT))
    }
}

impl AccessToken {
    /// Checks that the token has a scope, and returns the proof. Checks as [`require`](Self::require) does.
    ///
    /// # Errors
    ///
    /// [`AuthError::InsufficientScope`] if the scope is missing.
    ///
    /// # Panics
    ///
    /// Panics with `debug_assertions` if the handler's attribute does not declare the scope.
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
    #[track_caller]
    pub fn grant<S: WithoutParameters>(&self) -> Result<Granted<S>, AuthError> {
        self.require(S::REQUIREMENT)?;
        S::read(&()).map(checked).ok_or_else(|| self.insufficient(S::REQUIREMENT))
    }

    /// Checks that the token has a scope with these values of its parameters, and returns the proof. Checks as
    /// [`require`](Self::require) does.
    ///
    /// # Errors
    ///
    /// [`AuthError::InsufficientScope`] if the scope is missing.
    ///
    /// # Panics
    ///
    /// Panics with `debug_assertions` if the handler's attribute does not declare the scope.
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
    #[track_caller]
    pub fn grant_for<S: Provable>(&self, values: S) -> Result<Granted<S>, AuthError> {
        self.require_with(S::REQUIREMENT, &values.values())?;
        Ok(checked(values))
    }
}

macro_rules! alternatives {
    ($first:ident $($rest:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$first, $($rest),+> Provable for AnyOf<($first, $($rest),+)>
        where
            $first: WithoutParameters,
            $($rest: WithoutParameters),+
        {
            const REQUIREMENT: Requirement =
                Requirement::any(const { &[$first::REQUIREMENT, $($rest::REQUIREMENT),+] });

            fn read(_values: &dyn ParameterValues) -> Option<Self> {
                Some(Self(PhantomData))
            }

            fn values(&self) -> Vec<(&'static str, &str)> {
                Vec::new()
            }

            fn is_implied_by(_other: TypeId) -> bool {
                false
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$first: WithoutParameters, $($rest: WithoutParameters),+> WithoutParameters
            for AnyOf<($first, $($rest),+)>
        {
        }

        alternatives!($($rest)+);
    };
    ($last:ident) => {};
}

alternatives!(S1 S2 S3 S4 S5 S6 S7 S8);

impl<S: Provable> fmt::Debug for Granted<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Granted")
    }
}

impl<S: 'static> fmt::Debug for AnyOf<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AnyOf")
    }
}
