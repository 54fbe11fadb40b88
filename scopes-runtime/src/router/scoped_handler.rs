use std::any::TypeId;

use axum::handler::Handler;

use crate::ResourceServer;
use crate::http::{
    AuthenticatedBy, AuthenticatedOperation, Authorized, ProvidesResourceServer, Public, PublicOperation,
    ScopedOperation,
};
use crate::operation::OperationGuard;
use crate::scope::Requirement;

/// The `T` of axum's `Handler<T, S>`, which lists the arguments, if the first one is [`Authorized`], [`AuthenticatedBy`] or
/// [`Public`].
#[diagnostic::on_unimplemented(
    message = "handler without `#[requires_scopes]`, `#[authenticated_by]` or `#[public]`",
    label = "this handler needs one of the attributes",
    note = "add `#[requires_scopes(…)]` with the scopes that a token needs, `#[authenticated_by(…)]` with an extractor of other credentials, or `#[public]` if anyone may call the handler"
)]
pub trait Guarded<S> {
    /// The type of the first argument.
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

/// `Handler<T, S>`, with an error message that names the likely causes.
#[diagnostic::on_unimplemented(
    message = "not a handler for the router state `{S}`",
    label = "`Handler<_, {S}>` is not implemented for this function",
    note = "the state must contain a `ResourceServer`: derive `FromRef` on the state, or write `impl FromRef<State> for ResourceServer`, where `State` is the state, or the type inside of its `Arc`",
    note = "call `with_state` before the router is served or converted into a `Router`",
    note = "each argument must be an extractor, and only the last one can read the body; `#[axum::debug_handler(state = {S})]` below `#[requires_scopes]` reports which is not"
)]
pub trait ScopedHandler<T, S>: Handler<T, S> {}

#[diagnostic::do_not_recommend]
impl<H: Handler<T, S>, T, S> ScopedHandler<T, S> for H {}

macro_rules! guarded {
    ($($argument:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<S, M, O, $($argument),*> Guarded<S> for (M, Authorized<O>, $($argument),*)
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
        impl<S, M, O: AuthenticatedOperation, $($argument),*> Guarded<S>
            for (M, AuthenticatedBy<O>, $($argument),*)
        {
            type Guard = AuthenticatedBy<O>;

            fn check(_: &S) -> Option<Check> {
                None
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M, O: PublicOperation, $($argument),*> Guarded<S> for (M, Public<O>, $($argument),*) {
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
