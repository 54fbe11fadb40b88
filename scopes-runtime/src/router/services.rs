//! Services that are not handlers.

use std::convert::Infallible;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::any;
use tower_service::Service;

use super::ScopedRouter;
use super::layered::Layered;
use super::route::{FALLBACK, Route};
use super::scoped_service::ScopedService;
use super::service_access::{ServiceAccess, ServiceCheck};
use crate::operation::Methods;

/// axum's own route for paths below the prefix of a nested service. It hides a parameter of this name from extractors, and
/// completes `MatchedPath` by the routes of a nested router.
const NESTED: &str = "/{*__private__axum_nest_tail_param}";

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Serves a path by another service: `router.route_service("/graphql", graphql, scopes!("graphql"))`.
    ///
    /// `access` is a requirement, or [`unchecked`](super::unchecked) with a reason; see [`ServiceAccess`]. The service can take
    /// the [`AccessToken`](crate::AccessToken) with its extractor. A gRPC request (`content-type: application/grpc`) is refused
    /// with `grpc-status` and `grpc-message`, and the HTTP status, `WWW-Authenticate` and `Retry-After` of other refusals.
    ///
    /// # Panics
    ///
    /// Panics as `Router::route_service` does, and if the reason is empty.
    #[must_use]
    #[track_caller]
    pub fn route_service<T>(mut self, path: &str, service: T, access: impl Into<ServiceAccess<S>>) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        let router = match access.into().0 {
            ServiceCheck::Unchecked { reason } => {
                self.routes.push(Route::unchecked(path, Methods::Any, reason));
                self.router.route_service(path, Layered::unchecked(service))
            }
            ServiceCheck::Scoped { requirement, server } => {
                let service = ScopedService::new(service, requirement, server);
                self.routes.push(service.route(path, Methods::Any));
                self.router.route(path, any(service))
            }
        };
        Self { router, ..self }
    }

    /// Serves all paths below a prefix by another service, such as a directory of files. The service gets the path without the
    /// prefix, as in `Router::nest_service`.
    ///
    /// `access` is a requirement, or [`unchecked`](super::unchecked) with a reason; see [`route_service`](Self::route_service).
    ///
    /// # Panics
    ///
    /// Panics as `Router::nest_service` does, and if the reason is empty.
    #[must_use]
    #[track_caller]
    pub fn nest_service<T>(mut self, path: &str, service: T, access: impl Into<ServiceAccess<S>>) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        let prefix = path.trim_end_matches('/');
        let (slash, below) = (format!("{prefix}/"), format!("{prefix}/{{*path}}"));
        // axum also serves the prefix with a slash at its end.
        let paths: Vec<&str> = if path == slash { vec![path, &below] } else { vec![path, &slash, &below] };
        let router = match access.into().0 {
            ServiceCheck::Unchecked { reason } => {
                self.routes.extend(paths.iter().map(|path| Route::unchecked(path, Methods::Any, reason)));
                self.router.nest_service(path, Layered::unchecked(service))
            }
            ServiceCheck::Scoped { requirement, server } => {
                let service = ScopedService::new(service, requirement, server);
                self.routes.extend(paths.iter().map(|path| service.route(path, Methods::Any)));
                let prefix = axum::Router::new().route("/", any(service.clone()));
                let router = self.router.nest(path, prefix.clone().route(NESTED, any(service)));
                // `Router::nest_service` also serves the prefix with a slash at its end.
                if path.ends_with('/') { router } else { router.nest(&format!("{path}/"), prefix) }
            }
        };
        Self { router, ..self }
    }

    /// Serves requests that match no route by another service, such as the files of a web application.
    ///
    /// `access` is a requirement, or [`unchecked`](super::unchecked) with a reason; see [`route_service`](Self::route_service).
    ///
    /// # Panics
    ///
    /// Panics if the reason is empty.
    #[must_use]
    #[track_caller]
    pub fn fallback_service<T>(mut self, service: T, access: impl Into<ServiceAccess<S>>) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        let router = match access.into().0 {
            ServiceCheck::Unchecked { reason } => {
                self.set_fallback(Route::unchecked(FALLBACK, Methods::Fallback, reason));
                self.router.fallback_service(Layered::unchecked(service))
            }
            ServiceCheck::Scoped { requirement, server } => {
                let service = ScopedService::new(service, requirement, server);
                self.set_fallback(service.route(FALLBACK, Methods::Fallback));
                self.router.fallback(service)
            }
        };
        Self { router, ..self }
    }
}
