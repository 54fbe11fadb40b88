use std::any::TypeId;

use axum::handler::Handler;

use super::handler_function::ArgumentsOf;
use crate::ResourceServer;
use crate::http::{AuthenticatedBy, Authorized, HandlerInfo, ProvidesResourceServer, Public};
use crate::operation::OperationGuard;
use crate::scope::Requirement;

/// A handler with one of the attributes, for a [`ScopedRouter`](super::ScopedRouter). `T` is that of axum's `Handler<T, S>`,
/// which lists the arguments.
#[diagnostic::on_unimplemented(
    message = "handler without `#[requires_scopes]`, `#[authenticated_by]` or `#[public]`",
    label = "this handler needs one of the attributes",
    note = "add `#[requires_scopes(…)]` with the scopes that a token needs, `#[authenticated_by(…)]` with an extractor of other credentials, or `#[public]` if anyone may call the handler"
)]
pub trait Guarded<T> {
    /// The first argument.
    #[doc(hidden)]
    type Guard: OperationGuard;
}

#[diagnostic::do_not_recommend]
impl<H, T: GuardedArguments> Guarded<T> for H {
    type Guard = T::Guard;
}

/// The `T` of axum's `Handler<T, S>`, which lists the arguments, if the first one is [`Authorized`], [`AuthenticatedBy`] or
/// [`Public`].
///
/// A [`ScopedRouter`](super::ScopedRouter) accepts it. The handler is then [`Guarded`], and also with layers of its own. `get`
/// and the other functions require [`Guarded`], because the compiler reports a bound on the handler at the handler, and a
/// bound on `T` at the function.
pub trait GuardedArguments {
    /// The first argument.
    #[doc(hidden)]
    type Guard: OperationGuard;
}

/// The first argument of a handler in a [`ScopedRouter`](super::ScopedRouter) with the state `S`.
#[diagnostic::on_unimplemented(
    message = "no `ResourceServer` in the router state `{S}`",
    label = "`ResourceServer: FromRef<{S}>` is required to check access tokens",
    note = "add a `ResourceServer` to the state, and derive `FromRef` (feature `macros` of axum) on the state or write `impl FromRef<State> for ResourceServer`, where `State` is the state, or the type inside of its `Arc`",
    note = "if this is not the state of the application, call `with_state` with it before the router is served"
)]
pub trait GuardIn<S>: OperationGuard {
    /// Returns the check that runs before the handler, or `None` for a handler that requires no token.
    #[doc(hidden)]
    fn check(state: &S) -> Option<Check>;
}

#[diagnostic::do_not_recommend]
impl<S: ProvidesResourceServer, O: HandlerInfo> GuardIn<S> for Authorized<O> {
    fn check(state: &S) -> Option<Check> {
        Some(Check {
            server: state.resource_server(),
            handler: TypeId::of::<O>(),
            requirement: O::REQUIREMENT,
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S, O: HandlerInfo> GuardIn<S> for AuthenticatedBy<O> {
    fn check(_: &S) -> Option<Check> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<S, O: HandlerInfo> GuardIn<S> for Public<O> {
    fn check(_: &S) -> Option<Check> {
        None
    }
}

/// The check of a handler with `#[requires_scopes]`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Check {
    pub(super) server: ResourceServer,
    /// The hidden type of the handler.
    pub(super) handler: TypeId,
    pub(super) requirement: Requirement,
}

/// axum's `Handler<T, S>`, with a compile error for each argument, result or future that makes a function no handler, for a
/// [`ScopedRouter`](super::ScopedRouter).
pub trait ScopedHandler<T, S> {
    /// Whether the handler is a function without layers.
    #[doc(hidden)]
    const IS_FUNCTION: bool;

    /// The handler, as axum's trait.
    #[doc(hidden)]
    type Handler: Handler<T, S>;

    /// Returns the handler.
    #[doc(hidden)]
    fn into_handler(self) -> Self::Handler;
}

impl<H, T: ArgumentsOf<H, S>, S> ScopedHandler<T, S> for H {
    const IS_FUNCTION: bool = T::IS_FUNCTION;

    type Handler = T::Handler;

    fn into_handler(self) -> Self::Handler {
        T::handler(self)
    }
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<M, O: HandlerInfo, $($argument),*> GuardedArguments for (M, Authorized<O>, $($argument),*) {
            type Guard = Authorized<O>;
        }

        #[diagnostic::do_not_recommend]
        impl<M, O: HandlerInfo, $($argument),*> GuardedArguments
            for (M, AuthenticatedBy<O>, $($argument),*)
        {
            type Guard = AuthenticatedBy<O>;
        }

        #[diagnostic::do_not_recommend]
        impl<M, O: HandlerInfo, $($argument),*> GuardedArguments for (M, Public<O>, $($argument),*) {
            type Guard = Public<O>;
        }
    };
}

macro_rules! guarded_up_to {
    ($($argument:ident)*) => { guarded_up_to!(@ [] $($argument)*); };
    (@ [$($done:ident)*] $next:ident $($rest:ident)*) => {
        guarded!($($done)*);
        guarded_up_to!(@ [$($done)* $next] $($rest)*);
    };
    (@ [$($done:ident)*]) => { guarded!($($done)*); };
}

guarded_up_to!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
