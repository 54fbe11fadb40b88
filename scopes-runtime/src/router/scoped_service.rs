use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use tower_service::Service;

use super::dpop_support::DpopSupport;
#[cfg(feature = "testing")]
use super::dry_run::DryRun;
use super::route::Route;
use super::router_requirements::RouterRequirements;
use crate::ResourceServer;
#[cfg(feature = "metrics")]
use crate::http::count_admission;
use crate::http::refusal_of_service;
use crate::operation::Methods;
use crate::scope::{Requirement, Requirements};

/// A service whose requirement is checked before it runs. A handler, because axum gives the router's state to handlers only.
#[derive(Clone)]
pub(super) struct ScopedService<T, S> {
    service: T,
    requirement: Requirement,
    server: fn(&S) -> ResourceServer,
    routers: RouterRequirements,
}

impl<T, S: 'static> ScopedService<T, S> {
    pub(super) fn new(service: T, requirement: Requirement, server: fn(&S) -> ResourceServer) -> Self {
        Self { service, requirement, server, routers: RouterRequirements::default() }
    }

    /// Returns the route of the service. `ScopedRouter::require` adds to its requirement.
    pub(super) fn route(&self, path: &str, methods: Methods) -> Route {
        let server = self.server;
        let dpop_support = DpopSupport::new(move |state: &S| Some(server(state)));
        Route::scoped(path, methods, self.requirement, self.routers.clone(), dpop_support)
    }
}

/// A placeholder for the arguments of a handler that is a service.
pub(super) struct ServiceArguments;

impl<T, S> Handler<ServiceArguments, S> for ScopedService<T, S>
where
    T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse,
    T::Future: Send + 'static,
    S: Clone + Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(mut self, request: Request, state: S) -> Self::Future {
        let server = (self.server)(&state);
        let required = Requirements::new(self.requirement, self.routers.get());
        Box::pin(async move {
            #[cfg(feature = "testing")]
            let dry_run = DryRun::of(request.extensions());
            let (mut parts, body) = request.into_parts();
            let authorized = server.authorize_operation(&mut parts, None, required).await;
            if let Err(error) = authorized {
                return refusal_of_service(&parts.headers, error);
            }
            #[cfg(feature = "testing")]
            if let Some(dry_run) = dry_run {
                return dry_run.response();
            }
            #[cfg(feature = "metrics")]
            count_admission();
            let Ok(()) = poll_fn(|context| self.service.poll_ready(context)).await;
            let Ok(response) = self.service.call(Request::from_parts(parts, body)).await;
            response.into_response()
        })
    }
}
