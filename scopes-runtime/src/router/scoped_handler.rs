use std::any::TypeId;

use axum::handler::Handler;

use crate::ResourceServer;
use crate::http::{
    AuthenticatedBy, AuthenticatedOperation, Authorized, ProvidesResourceServer, Public, PublicOperation,
    ScopedOperation,
};
use crate::operation::OperationGuard;
use crate::scope::Requirement;

/// A handler with one of the attributes, for a [`ScopedRouter`](super::ScopedRouter). `T` is that of axum's `Handler<T, S>`,
/// which lists the arguments.
#[diagnostic::on_unimplemented(
    message = "handler without `#[requires_scopes]`, `#[authenticated_by]` or `#[public]`",
    label = "this handler needs one of the attributes",
    note = "add `#[requires_scopes(…)]` with the scopes that a token needs, `#[authenticated_by(…)]` with an extractor of other credentials, or `#[public]` if anyone may call the handler"
)]
pub trait Guarded<T, S> {
    /// The first argument.
    #[doc(hidden)]
    type Guard: OperationGuard;

    /// Returns the check that runs before the handler, or `None` for a handler that requires no token.
    #[doc(hidden)]
    fn check(state: &S) -> Option<Check>;
}

#[diagnostic::do_not_recommend]
impl<H, T: GuardedArguments<S>, S> Guarded<T, S> for H {
    type Guard = T::Guard;

    fn check(state: &S) -> Option<Check> {
        T::check(state)
    }
}

/// The `T` of axum's `Handler<T, S>`, which lists the arguments, if the first one is [`Authorized`], [`AuthenticatedBy`] or
/// [`Public`].
///
/// A [`ScopedRouter`](super::ScopedRouter) accepts it. The handler is then [`Guarded`], and also with layers of its own. `get`
/// and the other functions require [`Guarded`], because the compiler reports a bound on the handler at the handler, and a
/// bound on `T` at the function.
pub trait GuardedArguments<S> {
    /// The first argument.
    #[doc(hidden)]
    type Guard: OperationGuard;

    /// Returns the check that runs before the handler, or `None` for a handler that requires no token.
    #[doc(hidden)]
    fn check(state: &S) -> Option<Check>;
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

/// `Handler<T, S>`, with an error message that names the likely causes, for a [`ScopedRouter`](super::ScopedRouter).
#[diagnostic::on_unimplemented(
    message = "not a handler for the router state `{S}`",
    label = "`Handler<_, {S}>` is not implemented for this function",
    note = "the state must contain a `ResourceServer`, and `with_state` must set it before the router is served: derive `FromRef` on the state, or write `impl FromRef<State> for ResourceServer`, where `State` is the state, or the type inside of its `Arc`",
    note = "each argument must be an extractor, only the last one can read the body, the result must be a response, and the future must be `Send`; `#[axum::debug_handler(state = {S})]` below `#[requires_scopes]` reports which is not",
    note = "pass the function without calling it: `get(handler)`"
)]
pub trait ScopedHandler<T, S> {
    /// The handler, as axum's trait.
    #[doc(hidden)]
    type Handler: Handler<T, S>;

    /// Returns the handler.
    #[doc(hidden)]
    fn into_handler(self) -> Self::Handler;
}

#[diagnostic::do_not_recommend]
impl<H, T, S: StateOf<H, T>> ScopedHandler<T, S> for H {
    type Handler = S::Handler;

    fn into_handler(self) -> Self::Handler {
        S::handler(self)
    }
}

/// The state of a handler.
///
/// The compiler does not infer a type from a trait that the type itself implements. So it infers the state from the router
/// only, and the state of a handler with `State<T>` of another type is one error, at the handler, and not also at the router.
pub trait StateOf<H, T>: Sized {
    /// The handler, as axum's trait.
    type Handler: Handler<T, Self>;

    /// Returns the handler.
    fn handler(handler: H) -> Self::Handler;
}

#[diagnostic::do_not_recommend]
impl<S, H: Handler<T, S>, T> StateOf<H, T> for S {
    type Handler = H;

    fn handler(handler: H) -> H {
        handler
    }
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<S, M, O, $($argument),*> GuardedArguments<S> for (M, Authorized<O>, $($argument),*)
        where
            S: ProvidesResourceServer,
            O: ScopedOperation,
        {
            type Guard = Authorized<O>;

            fn check(state: &S) -> Option<Check> {
                Some(Check {
                    server: state.resource_server(),
                    handler: TypeId::of::<O>(),
                    requirement: O::REQUIREMENT,
                })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M, O: AuthenticatedOperation, $($argument),*> GuardedArguments<S>
            for (M, AuthenticatedBy<O>, $($argument),*)
        {
            type Guard = AuthenticatedBy<O>;

            fn check(_: &S) -> Option<Check> {
                None
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M, O: PublicOperation, $($argument),*> GuardedArguments<S> for (M, Public<O>, $($argument),*) {
            type Guard = Public<O>;

            fn check(_: &S) -> Option<Check> {
                None
            }
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
