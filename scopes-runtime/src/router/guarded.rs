use std::any::TypeId;

use axum::handler::Handler;

use crate::ResourceServer;
use crate::http::{Authorized, ProvidesResourceServer, Public, PublicOperation, ScopedOperation};
use crate::operation::OperationGuard;
use crate::scope::Requirement;

/// The arguments of a handler whose first one is [`Authorized`] or [`Public`], as axum's `Handler<T, S>` has them
/// in `T`.
#[diagnostic::on_unimplemented(
    message = "this handler is neither scoped nor public",
    label = "nothing says who may call it",
    note = "put `#[requires_scopes(…)]` on the handler for the scopes that a token needs, or `#[public]` if it is open on purpose"
)]
pub trait Guarded<S> {
    /// The type of the first argument.
    #[doc(hidden)]
    type Guard: OperationGuard;

    /// Returns what is checked before the handler runs; `None` for a public handler.
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

/// `Handler<T, S>` with its own error message.
#[diagnostic::on_unimplemented(
    message = "this handler cannot be served with the state `{S}`",
    label = "not a handler for that state",
    note = "the state provides the `ResourceServer`: `impl FromRef<{S}> for ResourceServer`, or derive `FromRef`",
    note = "a router gets its state by `with_state`, before it is served or becomes a `Router`",
    note = "every argument is an extractor, and the last one alone may take the body; `#[axum::debug_handler(state = {S})]` below `#[requires_scopes]` tells which is not"
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
