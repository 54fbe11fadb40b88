use axum::handler::Handler;

use crate::http::{Authorized, Public, PublicOperation, ScopedOperation};
use crate::openapi::Described;

/// The arguments of a handler whose first one is [`Authorized`] or [`Public`], as axum's `Handler<T, S>` has them
/// in `T`.
#[diagnostic::on_unimplemented(
    message = "this handler is neither scoped nor public",
    label = "nothing says who may call it",
    note = "put `#[requires_scopes(…)]` on the handler for the scopes that a token needs, or `#[public]` if it is open on purpose"
)]
pub trait Guarded {
    /// The type that stands for the handler.
    #[doc(hidden)]
    type Operation;

    /// What the document says of the handler.
    #[doc(hidden)]
    fn described() -> Described;
}

/// `Handler<T, S>`, with a message that says what to do.
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
        impl<M, O: ScopedOperation, $($argument),*> Guarded for (M, Authorized<O>, $($argument),*) {
            type Operation = O;

            fn described() -> Described {
                Described::scoped::<O>()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, O: PublicOperation, $($argument),*> Guarded for (M, Public<O>, $($argument),*) {
            type Operation = O;

            fn described() -> Described {
                Described::public::<O>()
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
