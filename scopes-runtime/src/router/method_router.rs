use axum::routing::MethodRouter;
use utoipa::openapi::path::HttpMethod;

use super::{Guarded, ScopedHandler};
use crate::openapi::Described;

/// The handlers of one path, by method: axum's `MethodRouter` of handlers that are scoped or public.
///
/// [`get`], [`post`] and the others start one; the methods of the same names add to it.
pub struct ScopedMethodRouter<S = ()> {
    pub(super) router: MethodRouter<S>,
    pub(super) operations: Vec<(HttpMethod, Described)>,
}

/// The handler of every method that gets none of its own.
pub fn any<H, T, S>(handler: H) -> ScopedMethodRouter<S>
where
    H: ScopedHandler<T, S>,
    T: Guarded + 'static,
    S: Clone + Send + Sync + 'static,
{
    let methods = [
        HttpMethod::Delete,
        HttpMethod::Get,
        HttpMethod::Head,
        HttpMethod::Options,
        HttpMethod::Patch,
        HttpMethod::Post,
        HttpMethod::Put,
        HttpMethod::Trace,
    ];
    let operations = methods.map(|method| (method, T::described())).into();
    ScopedMethodRouter { router: axum::routing::any(handler), operations }
}

macro_rules! handler_of {
    ($method:ident, $documented:expr, $documentation:literal) => {
        #[doc = $documentation]
        pub fn $method<H, T, S>(handler: H) -> ScopedMethodRouter<S>
        where
            H: ScopedHandler<T, S>,
            T: Guarded + 'static,
            S: Clone + Send + Sync + 'static,
        {
            let documented: Option<HttpMethod> = $documented;
            let operations = documented.map(|method| (method, T::described())).into_iter().collect();
            ScopedMethodRouter { router: axum::routing::$method(handler), operations }
        }

        impl<S> ScopedMethodRouter<S>
        where
            S: Clone + Send + Sync + 'static,
        {
            #[doc = $documentation]
            #[must_use]
            pub fn $method<H, T>(mut self, handler: H) -> Self
            where
                H: ScopedHandler<T, S>,
                T: Guarded + 'static,
            {
                self.operations.extend($documented.map(|method: HttpMethod| (method, T::described())));
                Self { router: self.router.$method(handler), ..self }
            }
        }
    };
}

// One invocation each: a compile error about a handler shows the one that it is about.
handler_of!(connect, None, "The handler of `CONNECT`, which OpenAPI does not know.");
handler_of!(delete, Some(HttpMethod::Delete), "The handler of `DELETE`.");
handler_of!(get, Some(HttpMethod::Get), "The handler of `GET`, and of `HEAD` without one of its own.");
handler_of!(head, Some(HttpMethod::Head), "The handler of `HEAD`.");
handler_of!(options, Some(HttpMethod::Options), "The handler of `OPTIONS`.");
handler_of!(patch, Some(HttpMethod::Patch), "The handler of `PATCH`.");
handler_of!(post, Some(HttpMethod::Post), "The handler of `POST`.");
handler_of!(put, Some(HttpMethod::Put), "The handler of `PUT`.");
handler_of!(trace, Some(HttpMethod::Trace), "The handler of `TRACE`.");
