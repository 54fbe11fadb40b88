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

/// Where the report shows what no route matches: no route can have this path.
pub(super) const FALLBACK: &str = "/*";

/// axum's `Router`, of handlers that say who may call them: a handler that is neither scoped nor public does not
/// compile.
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
    /// A router without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::with_openapi(OpenApi::new(Info::new("API", "0.1.0"), Paths::new()))
    }

    /// A router without routes, whose document is added to this one.
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

    /// How clients get their tokens, for the document. Without it the document says no more than that a bearer token is
    /// needed.
    #[must_use]
    pub fn oauth2(mut self, scheme: OAuth2Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Adds the handlers of a path, as `Router::route` does.
    ///
    /// # Panics
    ///
    /// As `Router::route`: the path is malformed, or one of its methods has a handler already.
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

    /// Adds handlers with utoipa's `#[utoipa::path]`, whose paths and methods stand there: those of
    /// [`routes!`](crate::router::routes).
    ///
    /// # Panics
    ///
    /// As [`ScopedRouter::route`].
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
    /// A route is public or a foreign service, so that nothing would check the requirement there; there is no route
    /// yet; or a route gets more than 64 alternatives, too many to tell a client.
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

    /// Serves a path by a service that is not of this router. Nothing checks tokens there, so the code says why; the reason
    /// stands in the report.
    ///
    /// # Panics
    ///
    /// As `Router::route_service`; or the reason is empty.
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

    /// Serves what comes below a path by a service that is not of this router, such as a directory of files. Nothing
    /// checks tokens there, so the code says why; the reason stands in the report.
    ///
    /// # Panics
    ///
    /// As `Router::nest_service`; or the reason is empty.
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

    /// Answers requests that no route matches by a service that is not of this router, such as the files of a web
    /// application. Nothing checks tokens there, so the code says why; the reason stands in the report.
    ///
    /// # Panics
    ///
    /// The reason is empty.
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

    /// The last one counts.
    fn forget_fallback(&mut self) {
        self.routes.retain(|route| route.path != FALLBACK || route.method != Method::Fallback);
        self.foreign.retain(|foreign| foreign.path != FALLBACK);
    }

    /// Adds the routes of another router.
    ///
    /// # Panics
    ///
    /// As `Router::merge`: both have a route for the same path and method, or a fallback.
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
    /// As `Router::nest`: the prefix is malformed or empty, or routes overlap.
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

    /// Puts a middleware around every route and fallback so far.
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

    /// Puts a middleware around every route so far, and around no fallback.
    ///
    /// # Panics
    ///
    /// As `Router::route_layer`: there is no route yet.
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

    /// The handler of requests that no route matches, scoped or public like any other.
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

    /// The handler of requests whose path has a route so far, but none for the method. Where there is one, it stays.
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

    /// Gives the handlers their state.
    #[must_use]
    pub fn with_state<S2>(self, state: S) -> ScopedRouter<S2> {
        let Self { router, routes, foreign, scheme, openapi } = self;
        ScopedRouter { router: router.with_state(state), routes, foreign, scheme, openapi }
    }

    /// What scopes contribute to a document that is made elsewhere.
    #[must_use]
    pub fn fragment(&self) -> Fragment {
        Fragment::new(&self.routes, &self.scheme)
    }

    /// The router to serve, and the document of all its routes: for each what it requires of a token, how it refuses
    /// one, and the handler's doc comment.
    ///
    /// The document and the scheme are those of the outermost router; of routers that were merged or nested the routes
    /// count.
    pub fn split_for_parts(self) -> (axum::Router<S>, OpenApi) {
        let openapi = document(self.openapi, &self.routes, &self.scheme);
        (self.router, openapi)
    }
}

/// Whether it is no fallback.
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

/// The router to serve, or to go on with as with any other.
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
