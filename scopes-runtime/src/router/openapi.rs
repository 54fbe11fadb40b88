use axum::http::Method;
use axum::routing::{get, get_service};
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;

use super::layered::Layered;
use super::route::Route;
use super::scoped_service::ScopedService;
use super::served_document::ServedDocument;
use super::service_access::{ServiceAccess, ServiceCheck};
use super::{DocumentedRoutes, ScopedRouter};
use crate::openapi::{Fragment, OAuth2Scheme, Refusals, Schemes, document};
use crate::operation::{Methods, Operation};
use crate::report::is_allowed;
use crate::scope::GrantedScopes;

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Creates a router without routes that adds its operations to this document.
    ///
    /// Where the document describes a service that is [`unchecked`](super::unchecked), the security schemes of the routers are
    /// removed from its `security`, because nothing checks these tokens. Other schemes stay.
    #[must_use]
    pub fn with_openapi(openapi: OpenApi) -> Self {
        let mut router = Self::new();
        router.document.openapi = openapi;
        router
    }

    /// Adds a security scheme to the document: how clients obtain tokens. It replaces one of the same
    /// [name](OAuth2Scheme::name). Default: an HTTP bearer scheme.
    ///
    /// With several schemes, each alternative of a requirement refers to those whose vocabularies declare all of its scopes, or
    /// to all if none does. In the document a token of any of them is enough, so the
    /// [`ResourceServer`](crate::ResourceServer) must accept the tokens of each of these authorization servers.
    ///
    /// The operations of a merged or nested router refer to its own schemes, or to those of the router around it if it has
    /// none. If no router around has one either, they refer to the name `oauth2`: the HTTP bearer scheme, unless another router
    /// has a scheme of this name. The document contains the schemes that operations refer to.
    ///
    /// ```
    /// use scopes_runtime::openapi::OAuth2Scheme;
    /// use scopes_runtime::router::{ScopedRouter, get};
    /// use scopes_runtime::{ResourceServer, declare_scopes, requires_scopes};
    ///
    /// # /// What a user's token may do.
    /// # #[declare_scopes]
    /// # enum UserScope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// # }
    /// # /// What a partner's token may do.
    /// # #[declare_scopes]
    /// # enum PartnerScope {
    /// #     /// Read orders.
    /// #     Orders = "orders",
    /// # }
    /// #[requires_scopes(UserScope::Items)]
    /// async fn read_items() {}
    ///
    /// #[requires_scopes(PartnerScope::Orders)]
    /// async fn read_orders() {}
    ///
    /// fn router(users: ResourceServer, partners: ResourceServer) -> ScopedRouter {
    ///     let scheme = OAuth2Scheme::new::<PartnerScope>()
    ///         .name("partners")
    ///         .client_credentials("https://partners.example/token");
    ///     let partners =
    ///         ScopedRouter::new().security_scheme(scheme).route("/orders", get(read_orders)).with_state(partners);
    ///     let scheme = OAuth2Scheme::new::<UserScope>()
    ///         .authorization_code("https://issuer.example/authorize", "https://issuer.example/token");
    ///     ScopedRouter::new()
    ///         .security_scheme(scheme)
    ///         .route("/items", get(read_items))
    ///         .with_state(users)
    ///         .nest("/partners", partners)
    /// }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn security_scheme(mut self, scheme: OAuth2Scheme) -> Self {
        self.document.schemes.set(scheme);
        self
    }

    /// Sets the media type and schema of refusals in the document, for resource servers that answer in the application's own
    /// format. The schemas that `T` refers to are added too. Default: `application/problem+json` with the schema `AuthProblem`.
    ///
    /// The responses 400, 401, 403 and 503 keep their descriptions and headers, and 400 keeps `text/plain`, the media type of
    /// axum's own rejections.
    ///
    /// ```
    /// use scopes_runtime::router::{ScopedRouter, get};
    /// use scopes_runtime::{ResourceServer, requires_scopes};
    /// use utoipa::ToSchema;
    ///
    /// /// The body of every error.
    /// #[derive(ToSchema)]
    /// struct ErrorBody {
    ///     code: String,
    ///     message: String,
    /// }
    ///
    /// #[requires_scopes]
    /// async fn status() {}
    ///
    /// let (_, document) = ScopedRouter::<ResourceServer>::new()
    ///     .refusal_schema::<ErrorBody>("application/json")
    ///     .route("/status", get(status))
    ///     .split_for_parts();
    /// let components = document.components.expect("components");
    /// assert!(components.schemas.contains_key("ErrorBody"));
    /// ```
    #[must_use]
    pub fn refusal_schema<T: ToSchema>(mut self, media_type: impl Into<String>) -> Self {
        self.document.refusals = Some(Refusals::of::<T>(media_type.into()));
        self
    }

    /// Adds handlers with `#[utoipa::path]`, which sets their paths and methods. [`routes!`](crate::router::routes) lists them.
    ///
    /// # Panics
    ///
    /// Panics as [`ScopedRouter::route`] does.
    #[must_use]
    #[track_caller]
    pub fn routes(mut self, routes: DocumentedRoutes<S>) -> Self {
        for (path, methods) in routes.handlers {
            self.router = self.router.route(&path, methods);
        }
        self.routes.extend(routes.routes);
        self
    }

    /// Serves the document of this router at a path, for GET:
    /// `router.route_openapi("/openapi.json", unchecked("for clients"))`.
    ///
    /// Responds with `application/json`. `access` is a requirement from [`scopes!`](crate::scopes), or
    /// [`unchecked`](super::unchecked) with a reason. The access report and the lock file contain the route. The document
    /// contains it only if it has a requirement.
    ///
    /// The document is made when the router becomes an `axum::Router` or a service, so it has all routes, also those that are
    /// added after this one. In a router that is merged or nested, it is the document of the whole router. It is the same for
    /// all clients; [`openapi_for`](Self::openapi_for) returns the document for one of them.
    ///
    /// ```
    /// use scopes_runtime::router::{ScopedRouter, get, unchecked};
    /// use scopes_runtime::{ResourceServer, requires_scopes};
    ///
    /// #[requires_scopes]
    /// async fn status() {}
    ///
    /// let router = ScopedRouter::<ResourceServer>::new()
    ///     .route_openapi("/openapi.json", unchecked("clients read it before they log in"))
    ///     .route("/status", get(status));
    /// ```
    ///
    /// # Panics
    ///
    /// Panics as [`route`](Self::route) does, and if the reason is empty. The conversion of the router then panics as
    /// [`fragment`](Self::fragment) does.
    #[must_use]
    #[track_caller]
    pub fn route_openapi(mut self, path: &str, access: impl Into<ServiceAccess<S>>) -> Self {
        let document = ServedDocument::default();
        self.document.served.push(document.clone());
        let service = get(async move || document.response());
        let methods = Methods::One(Method::GET);
        let router = match access.into().0 {
            ServiceCheck::Unchecked { reason } => {
                self.routes.push(Route::unchecked(path, methods, reason));
                self.router.route(path, get_service(Layered::unchecked(service)))
            }
            ServiceCheck::Scoped { requirement, server } => {
                let service = ScopedService::new(service, requirement, server);
                self.routes.push(service.route(path, methods));
                self.router.route(path, get(service))
            }
        };
        Self { router, ..self }
    }

    /// Returns what the operations add to a document that is made elsewhere.
    ///
    /// # Panics
    ///
    /// Panics if operations refer to different security schemes of one name, as those of merged routers may be: name each with
    /// [`OAuth2Scheme::name`], or give the [`CredentialScheme`](crate::CredentialScheme) another name. Schemes that differ in
    /// their vocabularies only are united.
    #[must_use]
    pub fn fragment(&self) -> Fragment {
        Fragment::new(&self.operations(), self.document.refusals())
    }

    /// Returns the axum router and the OpenAPI document of all operations: security, refusals, and the handlers' doc
    /// comments.
    ///
    /// [`with_openapi`](Self::with_openapi) and [`refusal_schema`](Self::refusal_schema) of merged and nested routers are
    /// ignored; their operations and [security schemes](Self::security_scheme) are included.
    ///
    /// # Panics
    ///
    /// Panics as the conversion to `axum::Router` does, and as [`fragment`](Self::fragment) does.
    #[track_caller]
    pub fn split_for_parts(self) -> (axum::Router<S>, OpenApi) {
        let document = self.document_of(|_| true);
        (self.to_axum(), document)
    }

    /// Returns the document of the operations that a client may call with a token with these scopes, and of those without a
    /// token: those of [`Report::allowed`](crate::report::Report::allowed). Operation ids are those of the whole document. The
    /// security schemes list their whole vocabularies, and components of the given document stay.
    ///
    /// ```
    /// # use scopes_runtime::router::{ScopedRouter, get};
    /// # use scopes_runtime::{GrantedScopes, ResourceServer, declare_scopes, requires_scopes};
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// #     /// Read users.
    /// #     Users = "users",
    /// # }
    /// #[requires_scopes("items")]
    /// async fn read_items() {}
    ///
    /// #[requires_scopes("users")]
    /// async fn read_users() {}
    ///
    /// # fn main() {
    /// let router =
    ///     ScopedRouter::<ResourceServer>::new().route("/items", get(read_items)).route("/users", get(read_users));
    /// let document = router.openapi_for(&GrantedScopes::from_list("items"));
    /// assert!(document.paths.paths.keys().eq(["/items"]));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics as [`fragment`](Self::fragment) does.
    #[must_use]
    pub fn openapi_for(&self, granted: &GrantedScopes) -> OpenApi {
        self.document_of(|operation| is_allowed(operation, granted))
    }
}

impl<S> ScopedRouter<S> {
    /// Makes the documents that routes serve, unless they are made already.
    pub(super) fn make_served_documents(&self) {
        let served = &self.document.served;
        if served.iter().any(|document| !document.is_set()) {
            let document = self.document_of(|_| true);
            served.iter().for_each(|served| served.set_once(&document));
        }
    }

    /// Returns the router with its security schemes and their vocabularies set on its routes, for a router that takes them.
    pub(super) fn with_assigned_schemes(mut self) -> Self {
        let own = &self.document.schemes;
        self.vocabularies.extend(own.scopes());
        for route in &mut self.routes {
            route.schemes = route.schemes.or(own);
        }
        self
    }

    /// Returns the operations with the schemes that apply to each.
    fn operations(&self) -> Vec<(&Operation, Schemes)> {
        let own = &self.document.schemes;
        self.routes.iter().map(|route| (&route.operation, route.schemes.or(own))).collect()
    }

    fn document_of(&self, is_visible: impl Fn(&Operation) -> bool) -> OpenApi {
        document(self.document.openapi.clone(), &self.operations(), self.document.refusals(), is_visible)
    }
}
