use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::response::IntoResponse;
use tower_layer::Layer;
use tower_service::Service;

use super::ScopedMethods;
use super::layered::BeforeCheck;
#[cfg(feature = "openapi")]
use super::openapi_parts::OpenApiParts;
use super::route::{Route, check_combined};
use crate::operation::Access;
use crate::scope::{DeclaredScope, RouterRequirement, Vocabulary};

/// A router that only accepts handlers with `#[requires_scopes]`, `#[authenticated_by]` or `#[public]`. Another handler is a
/// compile error.
///
/// It wraps axum's `Router`, and also builds the report of its operations and, with the feature `openapi`, their document.
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
    pub(super) router: axum::Router<S>,
    pub(super) routes: Vec<Route>,
    pub(super) vocabularies: Vec<&'static DeclaredScope>,
    #[cfg(feature = "openapi")]
    pub(super) document: OpenApiParts,
}

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Creates a router without routes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            router: axum::Router::new(),
            routes: Vec::new(),
            vocabularies: Vec::new(),
            #[cfg(feature = "openapi")]
            document: OpenApiParts::default(),
        }
    }

    /// Adds a vocabulary to the access report, which lists its scopes that no operation requires. The report also has the
    /// vocabularies of the security schemes.
    #[must_use]
    pub fn vocabulary<V: Vocabulary>(mut self) -> Self {
        self.vocabularies.extend(V::DECLARED);
        self
    }

    /// Adds the handlers of a path, as `Router::route` does.
    ///
    /// The document describes a handler with `#[utoipa::path]` by this attribute, at the path and the methods of the route. The
    /// path and the methods in the attribute are ignored; [`routes!`](crate::router::routes) reads them.
    ///
    /// With a `TypedPath` of axum-extra, write `.route(<ItemPath as TypedPath>::PATH, get(read_item))`, or
    /// `#[utoipa::path(get, path = ItemPath::PATH, params(ItemPath))]` for `routes!`, where `ItemPath` also derives utoipa's
    /// `IntoParams`.
    ///
    /// # Panics
    ///
    /// Panics as `Router::route` does: if the path is malformed, or if a method of the path already has a handler.
    #[must_use]
    #[track_caller]
    pub fn route(mut self, path: &str, methods: impl ScopedMethods<S>) -> Self {
        let methods = methods.into_scoped();
        self.routes.extend(methods.routes.into_iter().map(|mut route| {
            path.clone_into(&mut route.operation.path);
            route
        }));
        Self { router: self.router.route(path, methods.router), ..self }
    }

    /// Adds a requirement to every route so far, but not to fallbacks of routers: `router.require(scopes!("admin"))`.
    ///
    /// A request needs a token that satisfies this and what the handler requires. The router checks both before any layer
    /// of the handler (`Handler::layer`) runs. The router's document and its fragment contain both; documents that are made
    /// from the handlers alone contain the handlers' requirements only.
    ///
    /// The handler's guard checks again what a layer of the handler has replaced. If the layer replaces the token and also
    /// removes the extensions of the request, the guard checks the handler's own requirement only.
    ///
    /// # Panics
    ///
    /// Panics if there is no route yet, or if a route
    ///
    /// - is public, authenticated by other credentials, or unchecked, because nothing would check the requirement;
    /// - gets more than 64 alternatives;
    /// - gets requirements that no authentication context (`acr`) satisfies together.
    #[must_use]
    #[track_caller]
    pub fn require(mut self, requirement: impl RouterRequirement) -> Self {
        let requirement = requirement.requirement();
        let mut has_route = false;
        for Route { operation, routers, .. } in
            self.routes.iter_mut().filter(|route| route.takes_requirements())
        {
            has_route = true;
            let path = &operation.path;
            let requirements = match &mut operation.access {
                Access::Scoped(requirements) => requirements,
                Access::Public { .. } => panic!(
                    "the handler of `{path}` is public; add it after `require`, or write `#[requires_scopes]` on it"
                ),
                Access::Authenticated { .. } => panic!(
                    "the handler of `{path}` is authenticated by credentials without a token; add it after `require`, or \
                     write `#[requires_scopes]` on it"
                ),
                Access::Unchecked { .. } => {
                    panic!("nothing checks tokens at `{path}`; add it after `require`")
                }
            };
            routers.set(requirements.add(requirement));
            check_combined(path, requirements, "its routers");
        }
        assert!(has_route, "there is no route to require this; add routes before `require`");
        self
    }

    /// Adds a middleware around all routes and fallbacks so far. It runs before tokens are checked.
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<axum::routing::Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.layer(BeforeCheck(layer)), ..self }
    }

    /// Adds a middleware around all routes so far, but not around fallbacks. It runs before tokens are checked.
    ///
    /// # Panics
    ///
    /// Panics as `Router::route_layer` does: if there is no route yet.
    #[must_use]
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<axum::routing::Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.route_layer(BeforeCheck(layer)), ..self }
    }

    /// Provides the state of the handlers.
    ///
    /// # Panics
    ///
    /// Panics if a route requires `dpop`, or its handler may, and the [`ResourceServer`](crate::ResourceServer) in the state
    /// does not accept DPoP.
    #[must_use]
    #[track_caller]
    pub fn with_state<S2>(mut self, state: S) -> ScopedRouter<S2> {
        for route in &mut self.routes {
            route.dpop_support.set_state(&state);
            route.dpop_support.check_dpop(&route.operation);
        }
        ScopedRouter {
            router: self.router.with_state(state),
            routes: self.routes,
            vocabularies: self.vocabularies,
            #[cfg(feature = "openapi")]
            document: self.document,
        }
    }
}

impl<S> Default for ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<S> fmt::Debug for ScopedRouter<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ScopedRouter").field("router", &self.router).finish_non_exhaustive()
    }
}
