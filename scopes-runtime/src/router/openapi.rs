use utoipa::openapi::OpenApi;

use super::openapi_parts::OpenApiParts;
use super::{DocumentedRoutes, ScopedRouter};
use crate::openapi::{Fragment, OAuth2Scheme, document};

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Creates a router without routes that adds its operations to this document.
    #[must_use]
    pub fn with_openapi(openapi: OpenApi) -> Self {
        let mut router = Self::new();
        router.document.openapi = openapi;
        router
    }

    /// Sets the security scheme of the document: how clients obtain tokens. Default: an HTTP bearer scheme.
    #[must_use]
    pub fn security_scheme(mut self, scheme: OAuth2Scheme) -> Self {
        self.document.scheme = scheme;
        self
    }

    /// Adds handlers with `#[utoipa::path]`, which sets their paths and methods. [`routes!`](crate::router::routes) lists them.
    ///
    /// # Panics
    ///
    /// Panics as [`ScopedRouter::route`] does.
    #[must_use]
    pub fn routes(mut self, routes: DocumentedRoutes<S>) -> Self {
        for (path, methods) in routes.handlers {
            self.router = self.router.route(&path, methods);
        }
        self.routes.extend(routes.routes);
        self
    }

    /// Returns what the operations add to a document that is made elsewhere.
    #[must_use]
    pub fn fragment(&self) -> Fragment {
        let operations: Vec<_> = self.routes.iter().map(|route| &route.operation).collect();
        Fragment::new(&operations, &self.document.scheme)
    }

    /// Returns the axum router and the OpenAPI document of all operations: security, refusals, and the handlers' doc
    /// comments.
    ///
    /// [`with_openapi`](Self::with_openapi) and the security scheme of merged and nested routers are ignored; their operations
    /// are included.
    pub fn split_for_parts(self) -> (axum::Router<S>, OpenApi) {
        let router = self.to_axum();
        let OpenApiParts { openapi, scheme } = self.document;
        let operations: Vec<_> =
            self.routes.iter().map(|route| (&route.operation, route.description.as_ref())).collect();
        (router, document(openapi, &operations, &scheme))
    }
}
