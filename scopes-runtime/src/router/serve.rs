//! Conversion of a [`ScopedRouter`] into axum's router, and its service.

use std::convert::Infallible;
use std::task::{Context, Poll};

#[cfg(feature = "serve")]
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::routing::IntoMakeService;
use tower_service::Service;

use super::ScopedRouter;
use super::route::Route;
use crate::operation::{Access, Operation};

/// Converts to axum's router, to serve it or to add more to it.
///
/// # Panics
///
/// Panics if a route requires a scope with a parameter that the path does not have, or `dpop` of a server that does not accept
/// DPoP; so does each other way to serve the router. It also makes the documents of [`ScopedRouter::route_openapi`], and panics
/// as [`ScopedRouter::fragment`] does if there are any.
impl<S> From<ScopedRouter<S>> for axum::Router<S> {
    #[track_caller]
    fn from(router: ScopedRouter<S>) -> Self {
        router.to_axum()
    }
}

impl<S> ScopedRouter<S> {
    /// Returns axum's router. Each way to serve the routes calls this.
    #[track_caller]
    pub(super) fn to_axum(&self) -> axum::Router<S> {
        // Not `for_each`, which would be the caller in the messages of panics.
        for route in &self.routes {
            check_parameters(route);
            // `require` may have been called after `with_state`.
            route.dpop_support.check_dpop(&route.operation);
        }
        #[cfg(feature = "openapi")]
        self.make_served_documents();
        self.router.clone()
    }
}

/// Checks that the route gives each parameter of its scopes a value. Its path may get parameters from `ScopedRouter::nest`, so
/// only a whole router is checked.
///
/// # Panics
///
/// Panics if it does not.
#[track_caller]
fn check_parameters(route: &Route) {
    let Access::Scoped(requirements) = &route.operation.access else { return };
    let Operation { methods, path, .. } = &route.operation;
    for parameter in requirements.parameters() {
        if route.operation.has_one_source_of(parameter) {
            continue;
        }
        let fix = if methods.are_of_item() {
            format!("name one parameter of the endpoint's path `{{{parameter}}}`")
        } else {
            format!(
                "name one parameter of the path `{{{parameter}}}`, or take a `ScopeValue` of it as an argument of the handler. \
                 If the parameter is in the prefix of a router around it, nest this one with `ScopedRouter::nest` before the \
                 conversion to axum's router"
            )
        };
        panic!(
            "`{methods} {path}` requires `{requirements}`, but its path has no parameter `{{{parameter}}}`, or several values for \
             it: {fix}"
        );
    }
}

impl ScopedRouter {
    /// Returns a service for `axum::serve` that makes a service for each connection.
    ///
    /// # Panics
    ///
    /// Panics as the conversion to `axum::Router` does.
    #[must_use]
    #[track_caller]
    pub fn into_make_service(self) -> IntoMakeService<axum::Router> {
        self.to_axum().into_make_service()
    }

    /// Returns a service for `axum::serve` that also stores information about the connection, such as the address of the
    /// client, for the extractor `ConnectInfo`.
    ///
    /// ```no_run
    /// use std::net::SocketAddr;
    /// # use scopes_runtime::ScopedRouter;
    /// # async fn f(router: ScopedRouter, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    ///
    /// axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics as the conversion to `axum::Router` does.
    #[cfg(feature = "serve")]
    #[must_use]
    #[track_caller]
    pub fn into_make_service_with_connect_info<C>(self) -> IntoMakeServiceWithConnectInfo<axum::Router, C> {
        self.to_axum().into_make_service_with_connect_info()
    }
}

/// The services of axum's router: of requests, and of connections for `axum::serve`. They panic as the conversion does, at the
/// first request or connection; `axum::serve(listener, Router::from(router))` panics at the start.
///
/// ```no_run
/// # use scopes_runtime::{ResourceServer, ScopedRouter};
/// # async fn f(router: ScopedRouter<ResourceServer>, server: ResourceServer) -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// axum::serve(listener, router.with_state(server)).await
/// # }
/// ```
impl<T> Service<T> for ScopedRouter
where
    axum::Router: Service<T, Error = Infallible>,
{
    type Response = <axum::Router as Service<T>>::Response;
    type Error = Infallible;
    type Future = <axum::Router as Service<T>>::Future;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: T) -> Self::Future {
        self.to_axum().call(request)
    }
}
