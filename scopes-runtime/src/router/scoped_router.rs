use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;
use utoipa::openapi::{Info, OpenApi, Paths};

use super::DocumentedRoutes;
use super::enforced::Enforced;
use super::foreign::Foreign;
use super::{Guarded, Required, ScopedHandler, ScopedMethodRouter};
use crate::openapi::{Access, Fragment, Method, OAuth2Scheme, Route as Described, document};
use crate::scope::{Authentication, Requirement, are_few_enough};

/// The path of fallbacks in the report. No route can have it.
pub(super) const FALLBACK: &str = "/*";

/// A router that only accepts handlers with `#[requires_scopes]` or `#[public]`. Another handler is a compile error.
///
/// It wraps axum's `Router`, and also builds the OpenAPI document and the report of its operations.
///
/// ```
/// use axum::Router;
/// use scopes_runtime::router::{ScopedRouter, get};
/// # use scopes_runtime::{ResourceServer, declare_scopes, public, requires_scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[requires_scopes("items")]
/// async fn read_items() {}
///
/// #[public]
/// async fn health() {}
///
/// fn app(server: ResourceServer) -> Router {
///     let router = ScopedRouter::new().route("/items", get(read_items)).route("/health", get(health));
///     Router::from(router.with_state(server))
/// }
/// # fn main() {}
/// ```
///
/// ```compile_fail
/// # use scopes_runtime::ResourceServer;
/// # use scopes_runtime::router::{ScopedRouter, get};
/// async fn read_items() {}
///
/// let router = ScopedRouter::<ResourceServer>::new().route("/items", get(read_items));
/// ```
pub struct ScopedRouter<S = ()> {
    router: axum::Router<S>,
    pub(super) routes: Vec<Described>,
    pub(super) foreign: Vec<Foreign>,
    pub(super) scheme: OAuth2Scheme,
    openapi: OpenApi,
}

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Creates a router without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::with_openapi(OpenApi::new(Info::new("API", "0.1.0"), Paths::new()))
    }

    /// Creates a router without routes that adds its operations to this document.
    #[must_use]
    pub fn with_openapi(openapi: OpenApi) -> Self {
        Self {
            router: axum::Router::new(),
            routes: Vec::new(),
            foreign: Vec::new(),
            scheme: OAuth2Scheme::default(),
            openapi,
        }
    }

    /// Sets the security scheme of the document: how clients obtain tokens. Default: an HTTP bearer scheme.
    #[must_use]
    pub fn security_scheme(mut self, scheme: OAuth2Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Adds the handlers of a path, as `Router::route` does.
    ///
    /// # Panics
    ///
    /// Panics as `Router::route` does: if the path is malformed, or if a method of the path already has a handler.
    #[must_use]
    pub fn route(mut self, path: &str, methods: ScopedMethodRouter<S>) -> Self {
        let routes = methods.operations.into_iter();
        self.routes.extend(routes.map(|(method, described, required)| Described {
            path: path.to_owned(),
            method,
            described,
            documented: None,
            required,
        }));
        Self { router: self.router.route(path, methods.router), ..self }
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
        self.routes.extend(routes.operations);
        self
    }

    /// Adds a requirement to every route so far, but not to fallbacks: `router.require(scopes!("admin"))`.
    ///
    /// A request needs a token that satisfies this and what the handler requires. The router checks both before any layer
    /// of the handler (`Handler::layer`) runs. The router's document and its fragment contain both; documents that are made
    /// from the handlers alone contain the handlers' requirements only.
    ///
    /// # Panics
    ///
    /// Panics if a route is public or a service of another kind, where nothing would check the requirement; if there is no
    /// route yet; or if a route gets more than 64 alternatives.
    #[must_use]
    pub fn require(mut self, requirement: Requirement) -> Self {
        let is_served = |foreign: &&Foreign| !foreign.path.ends_with(FALLBACK);
        if let Some(Foreign { path, .. }) = self.foreign.iter().find(is_served) {
            panic!("`{path}` is a foreign service, which checks no token; add it after `require`");
        }
        for Described { path, described, required, .. } in
            self.routes.iter_mut().filter(|route| is_route(route))
        {
            let Access::Scoped(requirements) = &mut described.access else {
                panic!(
                    "the handler of `{path}` is public; add it after `require`, or write `#[requires_scopes]` on it"
                );
            };
            requirements.push(requirement);
            required.add(requirement);
            assert!(
                are_few_enough(requirements),
                "`{path}` requires more than 64 alternatives together with its routers, too many to tell a client"
            );
            assert!(
                Authentication::of(requirements.iter().copied()).is_possible(),
                "`{path}` requires authentication contexts (`acr`) that its routers exclude, so no login would do"
            );
        }
        assert!(
            self.routes.iter().any(is_route),
            "there is no route yet that could require this; call `require` after them"
        );
        self
    }

    /// Serves a path by another service, without any check of tokens. `reason` appears in the report.
    ///
    /// # Panics
    ///
    /// Panics as `Router::route_service` does, and if the reason is empty.
    #[must_use]
    pub fn route_service<T>(mut self, path: &str, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        self.foreign.push(Foreign::new(path.to_owned(), reason));
        Self { router: self.router.route_service(path, service), ..self }
    }

    /// Serves all paths below a prefix by another service, such as a directory of files, without any check of tokens.
    /// `reason` appears in the report.
    ///
    /// # Panics
    ///
    /// Panics as `Router::nest_service` does, and if the reason is empty.
    #[must_use]
    pub fn nest_service<T>(mut self, path: &str, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        self.foreign.extend(Foreign::below(path, reason));
        Self { router: self.router.nest_service(path, service), ..self }
    }

    /// Serves requests that match no route by another service, such as the files of a web application, without any check of
    /// tokens. `reason` appears in the report.
    ///
    /// # Panics
    ///
    /// Panics if the reason is empty.
    #[must_use]
    pub fn fallback_service<T>(mut self, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        self.forget_fallback();
        self.foreign.push(Foreign::new(FALLBACK.to_owned(), reason));
        Self { router: self.router.fallback_service(service), ..self }
    }

    fn has_fallback(&self) -> bool {
        self.routes.iter().any(|route| route.path == FALLBACK && route.method == Method::Fallback)
            || self.foreign.iter().any(|foreign| foreign.path == FALLBACK)
    }

    /// A later fallback replaces an earlier one.
    fn forget_fallback(&mut self) {
        self.routes.retain(|route| route.path != FALLBACK || route.method != Method::Fallback);
        self.foreign.retain(|foreign| foreign.path != FALLBACK);
    }

    /// Adds the routes of another router.
    ///
    /// # Panics
    ///
    /// Panics as `Router::merge` does: if both have a route for the same path and method, or a fallback.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        self.foreign.extend(other.foreign);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// Adds the routes of another router under a prefix.
    ///
    /// # Panics
    ///
    /// Panics as `Router::nest` does: if the prefix is malformed or empty, or if routes overlap.
    #[must_use]
    pub fn nest(mut self, path: &str, mut other: Self) -> Self {
        // axum leaves the fallbacks of routers inside `other` behind where `other` has none of its own.
        if !other.has_fallback() {
            other.routes.retain(|route| route.method != Method::Fallback);
            other.foreign.retain(|foreign| !foreign.path.ends_with(FALLBACK));
        }
        self.routes.extend(other.routes.into_iter().map(|route| route.under(path)));
        self.foreign.extend(other.foreign.into_iter().map(|foreign| foreign.under(path)));
        Self { router: self.router.nest(path, other.router), ..self }
    }

    /// Adds a middleware around all routes and fallbacks so far. It runs before tokens are checked.
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

    /// Adds a middleware around all routes so far, but not around fallbacks. It runs before tokens are checked.
    ///
    /// # Panics
    ///
    /// Panics as `Router::route_layer` does: if there is no route yet.
    #[must_use]
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.route_layer(layer), ..self }
    }

    /// Sets the handler of requests that match no route.
    #[must_use]
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S> + 'static,
    {
        self.forget_fallback();
        self.routes.push(Described {
            path: FALLBACK.to_owned(),
            method: Method::Fallback,
            described: T::described(),
            documented: None,
            required: Required::default(),
        });
        Self { router: self.router.fallback(Enforced::new(handler, Required::default())), ..self }
    }

    /// Sets the handler of requests whose path has a route so far, but not for their method. A path keeps an earlier one.
    #[must_use]
    pub fn method_not_allowed_fallback<H, T>(mut self, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S> + 'static,
    {
        let has =
            |path: &str, it: Method| self.routes.iter().any(|route| route.path == path && route.method == it);
        let mut paths: Vec<_> = self.routes.iter().map(|route| route.path.clone()).collect();
        paths.retain(|path| path != FALLBACK && !has(path, Method::Any) && !has(path, Method::Other));
        paths.sort();
        paths.dedup();
        self.routes.extend(paths.into_iter().map(|path| Described {
            path,
            method: Method::Other,
            described: T::described(),
            documented: None,
            required: Required::default(),
        }));
        Self {
            router: self.router.method_not_allowed_fallback(Enforced::new(handler, Required::default())),
            ..self
        }
    }

    /// Provides the state of the handlers.
    #[must_use]
    pub fn with_state<S2>(self, state: S) -> ScopedRouter<S2> {
        let Self { router, routes, foreign, scheme, openapi } = self;
        ScopedRouter { router: router.with_state(state), routes, foreign, scheme, openapi }
    }

    /// Returns what the operations add to a document that is made elsewhere.
    #[must_use]
    pub fn fragment(&self) -> Fragment {
        Fragment::new(&self.routes, &self.scheme)
    }

    /// Returns the axum router and the OpenAPI document of all operations: security, refusals, and the handlers' doc
    /// comments.
    ///
    /// [`with_openapi`](Self::with_openapi) and the security scheme of merged and nested routers are ignored; their operations
    /// are included.
    pub fn split_for_parts(self) -> (axum::Router<S>, OpenApi) {
        let openapi = document(self.openapi, &self.routes, &self.scheme);
        (self.router, openapi)
    }
}

/// Returns whether this is a route, not a fallback.
fn is_route(route: &Described) -> bool {
    !matches!(route.method, Method::Fallback | Method::Other)
}

impl<S> Default for ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

/// Converts to axum's router, to serve it or to add more to it.
impl<S> From<ScopedRouter<S>> for axum::Router<S> {
    fn from(router: ScopedRouter<S>) -> Self {
        router.router
    }
}

impl<S> fmt::Debug for ScopedRouter<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ScopedRouter").field("router", &self.router).finish_non_exhaustive()
    }
}
