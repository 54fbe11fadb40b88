use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower_layer::Layer;
use tower_service::Service;
use utoipa::openapi::path::HttpMethod;

use super::enforced::Enforced;
use super::{Guarded, Required, ScopedHandler};
use crate::openapi::{Described, Method};

/// The handlers of one path, by method: axum's `MethodRouter` of handlers that are scoped or public.
///
/// [`get`], [`post`] and the others start one; the methods of the same names add to it.
pub struct ScopedMethodRouter<S = ()> {
    pub(super) router: MethodRouter<S>,
    pub(super) operations: Vec<(Method, Described, Required)>,
}

/// The handler of every method that gets none of its own.
pub fn any<H, T, S>(handler: H) -> ScopedMethodRouter<S>
where
    H: ScopedHandler<T, S>,
    T: Guarded<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    let required = Required::default();
    let handler = Enforced::new(handler, required.clone());
    let operations = vec![(Method::Any, T::described(), required)];
    ScopedMethodRouter { router: axum::routing::any(handler), operations }
}

macro_rules! handler_of {
    ($method:ident, $served:expr, $documentation:literal) => {
        #[doc = $documentation]
        pub fn $method<H, T, S>(handler: H) -> ScopedMethodRouter<S>
        where
            H: ScopedHandler<T, S>,
            T: Guarded<S> + 'static,
            S: Clone + Send + Sync + 'static,
        {
            ScopedMethodRouter { router: MethodRouter::new(), operations: Vec::new() }.$method(handler)
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
                T: Guarded<S> + 'static,
            {
                let required = Required::default();
                let handler = Enforced::new(handler, required.clone());
                self.operations.push(($served, T::described(), required));
                Self { router: self.router.$method(handler), ..self }
            }
        }
    };
}

// One invocation each: a compile error about a handler shows the one that it is about.
handler_of!(connect, Method::Connect, "The handler of `CONNECT`, which OpenAPI does not know.");
handler_of!(delete, Method::One(HttpMethod::Delete), "The handler of `DELETE`.");
handler_of!(get, Method::One(HttpMethod::Get), "The handler of `GET`, and of `HEAD` without one of its own.");
handler_of!(head, Method::One(HttpMethod::Head), "The handler of `HEAD`.");
handler_of!(options, Method::One(HttpMethod::Options), "The handler of `OPTIONS`.");
handler_of!(patch, Method::One(HttpMethod::Patch), "The handler of `PATCH`.");
handler_of!(post, Method::One(HttpMethod::Post), "The handler of `POST`.");
handler_of!(put, Method::One(HttpMethod::Put), "The handler of `PUT`.");
handler_of!(trace, Method::One(HttpMethod::Trace), "The handler of `TRACE`.");

impl<S> ScopedMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Puts a middleware around the handlers so far.
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.layer(layer), ..self }
    }
}

impl<S> fmt::Debug for ScopedMethodRouter<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ScopedMethodRouter").field(&self.router).finish()
    }
}
