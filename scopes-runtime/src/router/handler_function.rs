//! Handlers by the types of their arguments, with a compile error for each mistake that makes a function no handler.
//!
//! [`HandlerFunction`] infers the arguments of a function. [`StateOf`] then has one impl for their number, so the compiler
//! reports the bound that fails. Of axum's `Handler`, whose arguments it infers while it checks the bounds, it reports only
//! that no impl applies.

use axum::extract::{FromRequest, FromRequestParts};
use axum::handler::{Handler, Layered};
use axum::response::IntoResponse;

/// A function of a [`ScopedRouter`](super::ScopedRouter), or one with layers of its own (`Handler::layer`). `T` is that of
/// axum's `Handler<T, S>`, which lists the arguments.
///
/// A function that is generic over handlers has the bounds of [`get`](super::get).
#[diagnostic::on_unimplemented(
    message = "`{Self}` in place of a handler",
    label = "expected the name of an `async fn` with at most 15 arguments",
    note = "write the name of the function without calling it: `get(handler)`"
)]
pub trait HandlerFunction<T> {}

#[diagnostic::do_not_recommend]
impl<L, H, T, S> HandlerFunction<T> for Layered<L, H, T, S> {}

/// The state of a handler.
///
/// The compiler does not infer a type from a trait that the type itself implements. So it infers the state from the router
/// only, and the state of a handler with `State<T>` of another type is one error, at the handler, and not also at the router.
pub trait StateOf<H, T>: Sized {
    /// Whether the handler is a function without layers. axum then extracts its first argument before other code runs.
    const IS_FUNCTION: bool = false;

    /// The handler, as axum's trait.
    type Handler: Handler<T, Self>;

    /// Returns the handler.
    fn handler(handler: H) -> Self::Handler;
}

#[diagnostic::do_not_recommend]
impl<L, H, T, S> StateOf<Layered<L, H, T, S>, T> for S
where
    Layered<L, H, T, S>: Handler<T, S>,
{
    type Handler = Layered<L, H, T, S>;

    fn handler(handler: Self::Handler) -> Self::Handler {
        handler
    }
}

/// The arguments of a handler. The compiler infers no type from this trait either, so that a value that is no function is one
/// error, of [`HandlerFunction`].
pub trait ArgumentsOf<H, S>: Sized {
    /// Whether the handler is a function without layers.
    const IS_FUNCTION: bool;

    /// The handler, as axum's trait.
    type Handler: Handler<Self, S>;

    /// Returns the handler.
    fn handler(handler: H) -> Self::Handler;
}

impl<T, H, S: StateOf<H, T>> ArgumentsOf<H, S> for T {
    const IS_FUNCTION: bool = S::IS_FUNCTION;

    type Handler = S::Handler;

    fn handler(handler: H) -> Self::Handler {
        S::handler(handler)
    }
}

/// An argument that is not the last one.
#[diagnostic::on_unimplemented(
    message = "argument of type `{Self}` does not implement `FromRequestParts<{S}>`, which all arguments but the last one need",
    label = "the handler has an argument of type `{Self}`, and another one after it",
    note = "if the type reads the body, make the argument the last one; otherwise implement `FromRequestParts<{S}>` for the type",
    note = "`State<T>` needs `T: FromRef<{S}>`: derive `FromRef` (feature `macros` of axum) on the state, or write the impl; `Option<T>` needs `T: OptionalFromRequestParts<{S}>`",
    note = "if the type implements `FromRequestParts` for some states only, `#[axum::debug_handler(state = {S})]` below the attribute names the bound that is not met"
)]
pub trait PartsArgument<S>: FromRequestParts<S> + Send {}

#[diagnostic::do_not_recommend]
impl<A: FromRequestParts<S> + Send, S> PartsArgument<S> for A {}

/// The last argument.
#[diagnostic::on_unimplemented(
    message = "argument of type `{Self}` is not an extractor for the state `{S}`",
    label = "the last argument of this handler has the type `{Self}`",
    note = "use an extractor, such as `Json<T>`, or implement `FromRequestParts<{S}>` for the type; `State<T>` needs `T: FromRef<{S}>`, and `Option<T>` needs `T: OptionalFromRequestParts<{S}>`",
    note = "if the type implements `FromRequestParts` for some states only, `#[axum::debug_handler(state = {S})]` below the attribute names the bound that is not met"
)]
pub trait LastArgument<S, M>: FromRequest<S, M> + Send {}

#[diagnostic::do_not_recommend]
impl<A: FromRequest<S, M> + Send, S, M> LastArgument<S, M> for A {}

/// The result of a handler.
#[diagnostic::on_unimplemented(
    message = "return type `{Self}` is not a response",
    label = "this handler returns `{Self}`",
    note = "return a response, such as `Json<T>`, or implement `IntoResponse` for the type; of a `Result`, both types must implement it"
)]
pub trait HandlerResponse: IntoResponse {}

#[diagnostic::do_not_recommend]
impl<R: IntoResponse> HandlerResponse for R {}

macro_rules! functions {
    ([$($arguments:ty),*] $($argument:ident)* / $($last:ident $marker:ident)?) => {
        #[diagnostic::do_not_recommend]
        impl<F, Fut, $($marker,)? $($argument,)* $($last)?> HandlerFunction<($($arguments,)*)> for F where
            F: FnOnce($($argument,)* $($last)?) -> Fut
        {
        }

        impl<S, F, Fut, $($marker,)? $($argument,)* $($last)?> StateOf<F, ($($arguments,)*)> for S
        where
            F: FnOnce($($argument,)* $($last)?) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future + Send,
            Fut::Output: HandlerResponse,
            S: Send + Sync + 'static,
            $($argument: PartsArgument<S>,)*
            $($last: LastArgument<S, $marker>,)?
        {
            const IS_FUNCTION: bool = true;

            type Handler = F;

            fn handler(handler: F) -> F {
                handler
            }
        }
    };
}

macro_rules! functions_up_to {
    ([$($done:ident)*] $next:ident $($rest:ident)*) => {
        functions!([M, $($done,)* $next] $($done)* / $next M);
        functions_up_to!([$($done)* $next] $($rest)*);
    };
    ([$($done:ident)*]) => {};
}

// axum's arguments of a function without any.
functions!([()] /);
functions_up_to!([] A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16);
