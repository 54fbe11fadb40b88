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

/// The handlers of one path by method, each with `#[requires_scopes]` or `#[public]`: axum's `MethodRouter`.
///
/// [`get`], [`post`] and the other functions start one; the methods of the same names add to it.
pub struct ScopedMethodRouter<S = ()> {
    pub(super) router: MethodRouter<S>,
    pub(super) operations: Vec<(Method, Described, Required)>,
}

/// Routes every method without a handler of its own.
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
handler_of!(connect, Method::Connect, "Routes `CONNECT`. OpenAPI has no such operation.");
handler_of!(delete, Method::One(HttpMethod::Delete), "Routes `DELETE`.");
handler_of!(get, Method::One(HttpMethod::Get), "Routes `GET`, and `HEAD` if it has no handler of its own.");
handler_of!(head, Method::One(HttpMethod::Head), "Routes `HEAD`.");
handler_of!(options, Method::One(HttpMethod::Options), "Routes `OPTIONS`.");
handler_of!(patch, Method::One(HttpMethod::Patch), "Routes `PATCH`.");
handler_of!(post, Method::One(HttpMethod::Post), "Routes `POST`.");
handler_of!(put, Method::One(HttpMethod::Put), "Routes `PUT`.");
handler_of!(trace, Method::One(HttpMethod::Trace), "Routes `TRACE`.");

impl<S> ScopedMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Adds a middleware around the handlers so far. It runs before tokens are checked.
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
