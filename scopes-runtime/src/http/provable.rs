//! The types that `Granted` proves: a scope, or one of several.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;

use crate::scope::{ParameterValues, Requirement};

/// What a [`Granted`](super::Granted) proves: a type of the module of [`#[declare_scopes(types =
/// …)]`](macro@crate::declare_scopes), or [`AnyOf`] several. See [`Granted`](super::Granted) for an example.
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

/// A [`Provable`] without parameters. `#[declare_scopes(types = …)]` implements it. See
/// [`AccessToken::grant`](crate::AccessToken::grant) for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has parameters, whose values the proof contains",
    label = "no values are given here",
    note = "give them to `AccessToken::grant_for`, or take the proof as an argument of the handler, which has them from the path"
)]
pub trait WithoutParameters: Provable {}

/// A scope that implies another one, with the same parameters. `#[declare_scopes(types = …)]` implements it for each
/// implication, direct or through other scopes, between scopes with the same parameters. See [`Granted`](super::Granted) for an
/// example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not imply the other scope",
    label = "this proof is of another scope",
    note = "take `Granted` of the scope that the function needs, or declare the implication with `#[implies(…)]`; if the other scope has parameters, give the values to `implied_for`"
)]
pub trait Implies<Implied> {}

/// A scope that implies another one for all values of its parameters. `#[declare_scopes(types = …)]` implements it for each
/// implication, direct or through other scopes, of a scope with parameters by one without. See [`Granted`](super::Granted) for
/// an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not imply the other scope for all values",
    label = "this proof is of another scope",
    note = "use `implied` for a scope with the same parameters, or declare the implication with `#[implies(…)]`"
)]
pub trait ImpliesAll<Implied> {}

/// One of several scopes without parameters, in a [`Granted`](super::Granted).
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

impl<S: 'static> fmt::Debug for AnyOf<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AnyOf")
    }
}
