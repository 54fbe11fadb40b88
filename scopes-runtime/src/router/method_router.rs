use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::http::Method;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter};
use tower_layer::Layer;
use tower_service::Service;

use super::route::Route;
use super::{Guarded, ScopedHandler};
use crate::operation::Methods;

/// The handlers of one path by method, each with one of the attributes: axum's `MethodRouter`.
///
/// [`get`], [`post`] and the other functions start one; the methods of the same names add to it.
pub struct ScopedMethodRouter<S = ()> {
    pub(super) router: MethodRouter<S>,
    /// Without their path, which [`ScopedRouter::route`](super::ScopedRouter::route) sets.
    pub(super) routes: Vec<Route>,
}

/// Routes every method without a handler of its own.
pub fn any<H, T, S>(handler: H) -> ScopedMethodRouter<S>
where
    H: ScopedHandler<T, S>,
    T: Guarded<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    let (route, handler) = Route::of("", Methods::Any, handler);
    ScopedMethodRouter { router: axum::routing::any(handler), routes: vec![route] }
}

/// Routes each method of the filter: `on(MethodFilter::GET.or(MethodFilter::POST), handler)`. Each is an operation of its own.
pub fn on<H, T, S>(filter: MethodFilter, handler: H) -> ScopedMethodRouter<S>
where
    H: ScopedHandler<T, S>,
    T: Guarded<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter { router: MethodRouter::new(), routes: Vec::new() }.on(filter, handler)
}

/// Returns the methods of a filter.
fn methods(filter: MethodFilter) -> impl Iterator<Item = (Method, MethodFilter)> {
    let all = [
        (Method::CONNECT, MethodFilter::CONNECT),
        (Method::DELETE, MethodFilter::DELETE),
        (Method::GET, MethodFilter::GET),
        (Method::HEAD, MethodFilter::HEAD),
        (Method::OPTIONS, MethodFilter::OPTIONS),
        (Method::PATCH, MethodFilter::PATCH),
        (Method::POST, MethodFilter::POST),
        (Method::PUT, MethodFilter::PUT),
        (Method::TRACE, MethodFilter::TRACE),
    ];
    all.into_iter().filter(move |(_, one)| filter.or(*one) == filter)
}

macro_rules! handler_of {
    ($function:ident, $method:expr, $documentation:literal) => {
        #[doc = $documentation]
        pub fn $function<H, T, S>(handler: H) -> ScopedMethodRouter<S>
        where
            H: ScopedHandler<T, S>,
            T: Guarded<S> + 'static,
            S: Clone + Send + Sync + 'static,
        {
            ScopedMethodRouter { router: MethodRouter::new(), routes: Vec::new() }.$function(handler)
        }

        impl<S> ScopedMethodRouter<S>
        where
            S: Clone + Send + Sync + 'static,
        {
            #[doc = $documentation]
            #[must_use]
            pub fn $function<H, T>(mut self, handler: H) -> Self
            where
                H: ScopedHandler<T, S>,
                T: Guarded<S> + 'static,
            {
                let (route, handler) = Route::of("", Methods::One($method), handler);
                self.routes.push(route);
                Self { router: self.router.$function(handler), ..self }
            }
        }
    };
}

// One invocation each: a compile error about a handler shows the one that it is about.
handler_of!(connect, Method::CONNECT, "Routes `CONNECT`. OpenAPI has no such operation.");
handler_of!(delete, Method::DELETE, "Routes `DELETE`.");
handler_of!(get, Method::GET, "Routes `GET`, and `HEAD` if it has no handler of its own.");
handler_of!(head, Method::HEAD, "Routes `HEAD`.");
handler_of!(options, Method::OPTIONS, "Routes `OPTIONS`.");
handler_of!(patch, Method::PATCH, "Routes `PATCH`.");
handler_of!(post, Method::POST, "Routes `POST`.");
handler_of!(put, Method::PUT, "Routes `PUT`.");
handler_of!(trace, Method::TRACE, "Routes `TRACE`.");

impl<S> ScopedMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Routes each method of the filter. Each is an operation of its own.
    ///
    /// # Panics
    ///
    /// Panics as `MethodRouter::on` does: if a method already has a handler.
    #[must_use]
    pub fn on<H, T>(self, filter: MethodFilter, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S> + 'static,
    {
        methods(filter).fold(self, |mut router, (method, one)| {
            let (route, handler) = Route::of("", Methods::One(method), handler.clone());
            router.routes.push(route);
            Self { router: router.router.on(one, handler), ..router }
        })
    }

    /// Sets the handler of the methods without a handler of their own, in place of one of [`any`]. The report has it as
    /// `OTHER`, and documents do not have it. [`ScopedRouter::require`](super::ScopedRouter::require) applies to it.
    #[must_use]
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S> + 'static,
    {
        let (route, handler) = Route::of("", Methods::Other, handler);
        self.routes.retain(|route| matches!(route.operation.methods, Methods::One(_)));
        self.routes.push(route);
        Self { router: self.router.fallback(handler), ..self }
    }

    /// Adds the handlers of another method router.
    ///
    /// # Panics
    ///
    /// Panics as `MethodRouter::merge` does: if both have a handler for the same method, or a fallback.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// Adds a middleware around the handlers so far. It runs before tokens are checked.
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<axum::routing::Route> + Clone + Send + Sync + 'static,
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
