use axum::routing::MethodRouter;

use super::{Guarded, ScopedHandler};

/// The handlers of one path, by method: axum's `MethodRouter` of handlers that are scoped or public.
///
/// [`get`], [`post`] and the others start one; the methods of the same names add to it.
#[derive(Debug)]
pub struct ScopedMethodRouter<S = ()> {
    pub(super) router: MethodRouter<S>,
}

/// The handler of every method that gets none of its own.
pub fn any<H, T, S>(handler: H) -> ScopedMethodRouter<S>
where
    H: ScopedHandler<T, S>,
    T: Guarded + 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter { router: axum::routing::any(handler) }
}

macro_rules! handler_of {
    ($method:ident, $documentation:literal) => {
        #[doc = $documentation]
        pub fn $method<H, T, S>(handler: H) -> ScopedMethodRouter<S>
        where
            H: ScopedHandler<T, S>,
            T: Guarded + 'static,
            S: Clone + Send + Sync + 'static,
        {
            ScopedMethodRouter { router: axum::routing::$method(handler) }
        }

        impl<S> ScopedMethodRouter<S>
        where
            S: Clone + Send + Sync + 'static,
        {
            #[doc = $documentation]
            #[must_use]
            pub fn $method<H, T>(self, handler: H) -> Self
            where
                H: ScopedHandler<T, S>,
                T: Guarded + 'static,
            {
                Self { router: self.router.$method(handler) }
            }
        }
    };
}

// One invocation each: a compile error about a handler shows the one that it is about.
handler_of!(connect, "The handler of `CONNECT`.");
handler_of!(delete, "The handler of `DELETE`.");
handler_of!(get, "The handler of `GET`, and of `HEAD` without one of its own.");
handler_of!(head, "The handler of `HEAD`.");
handler_of!(options, "The handler of `OPTIONS`.");
handler_of!(patch, "The handler of `PATCH`.");
handler_of!(post, "The handler of `POST`.");
handler_of!(put, "The handler of `PUT`.");
handler_of!(trace, "The handler of `TRACE`.");
