//! Proofs that a request was authorized, for functions behind the handlers.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::AuthError;
use super::guard::check;
use super::requirement_of::ScopedExtractor;
use super::router_state::ProvidesResourceServer;
use crate::scope::Requirement;
use crate::token::AccessToken;

/// Proof that the token of a request has a scope.
///
/// A function that takes it cannot be called without a check, whatever route, job or test calls it. Only a check makes one: as
/// an extractor, or with [`AccessToken::grant`]. As an extractor it counts like `#[requires_scopes]`: in the requirement of the
/// handler, in the report and in the document. It has no size. The module
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
#[must_use]
pub struct Granted<S: Provable>(PhantomData<fn() -> S>);

/// What a [`Granted`] proves: a type of the module of [`#[declare_scopes(types = …)]`](macro@crate::declare_scopes), or
/// [`AnyOf`] several. See [`Granted`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scope that `Granted` can prove",
    label = "expected a type of the module of `#[declare_scopes(types = …)]`",
    note = "write the type, such as `Granted<scope::Items>`, or `Granted<AnyOf<(scope::Items, scope::Me)>>`"
)]
pub trait Provable {
    /// The requirement that the check evaluates.
    const REQUIREMENT: Requirement;
}

/// A scope that implies another one. `#[declare_scopes(types = …)]` implements it as `#[implies]` says. See [`Granted`] for an
/// example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not imply the other scope",
    label = "this proof is of another scope",
    note = "take `Granted` of the scope that the function needs, or declare the implication with `#[implies(…)]`"
)]
pub trait Implies<Implied> {}

/// One of several scopes, in a [`Granted`].
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
pub struct AnyOf<S>(PhantomData<fn() -> S>);

/// Returns the proof, after the check.
pub(crate) fn checked<S: Provable>() -> Granted<S> {
    Granted(PhantomData)
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
    pub fn implied<Implied: Provable>(self) -> Granted<Implied>
    where
        S: Implies<Implied>,
    {
        // A crate can implement the trait for its own types by hand.
        const {
            assert!(
                Implied::REQUIREMENT.is_implied_by(&S::REQUIREMENT),
                "the scope does not imply the other one"
            )
        }
        checked()
    }
}

impl<S: Provable> ScopedExtractor for Granted<S> {
    const REQUIREMENT: Requirement = S::REQUIREMENT;
}

impl<S: Provable, T: ProvidesResourceServer> FromRequestParts<T> for Granted<S> {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &T) -> Result<Self, AuthError> {
        check::<Self, T>(parts, state).await?;
        Ok(checked())
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
    pub fn grant<S: Provable>(&self) -> Result<Granted<S>, AuthError> {
        self.require(S::REQUIREMENT)?;
        Ok(checked())
    }
}

macro_rules! alternatives {
    ($first:ident $($rest:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$first: Provable, $($rest: Provable),+> Provable for AnyOf<($first, $($rest),+)> {
            const REQUIREMENT: Requirement =
                Requirement::any(const { &[$first::REQUIREMENT, $($rest::REQUIREMENT),+] });
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

impl<S> fmt::Debug for AnyOf<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AnyOf")
    }
}
