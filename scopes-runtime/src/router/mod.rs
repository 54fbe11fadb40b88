//! [`ScopedRouter`]: a router that only accepts guarded handlers.

#[cfg(feature = "openapi")]
mod documented_routes;
mod dpop_support;
#[cfg(feature = "testing")]
mod dry_run;
mod enforced;
mod fallbacks;
mod handler_function;
mod layered;
#[cfg(feature = "mcp")]
mod mcp;
mod method_router;
mod nesting;
#[cfg(feature = "openapi")]
mod openapi;
#[cfg(feature = "openapi")]
mod openapi_parts;
mod report;
mod route;
mod router_requirements;
mod scoped_handler;
#[cfg(feature = "mcp")]
mod scoped_mcp;
mod scoped_router;
mod scoped_service;
mod serve;
#[cfg(feature = "openapi")]
mod served_document;
mod service_access;
mod services;

#[cfg(feature = "openapi")]
pub use documented_routes::DocumentedRoutes;
#[cfg(all(feature = "_jwt", feature = "testing"))]
pub(crate) use dry_run::DryRun;
pub use handler_function::HandlerFunction;
pub use method_router::{
    ScopedMethodRouter, ScopedMethods, any, connect, delete, get, head, on, options, patch, post, put, trace,
};
pub use nesting::ScopedRoutes;
pub use scoped_handler::{GuardIn, Guarded, GuardedArguments, ScopedHandler};
pub use scoped_router::ScopedRouter;
pub use service_access::{ServiceAccess, Unchecked, unchecked};

/// Returns the routes of handlers with `#[utoipa::path]`, for [`ScopedRouter::routes`].
///
/// Paths and methods come from `#[utoipa::path]`, which goes below `#[requires_scopes]`, `#[authenticated_by]` or `#[public]`.
/// The other order is a compile error. `scopes-macros/expansions/routes.rs` in the repository shows the expansion.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use scopes_runtime::router::{ScopedRouter, routes};
/// use scopes_runtime::{ResourceServer, requires_scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[requires_scopes("items")]
/// #[utoipa::path(get, path = "/items", responses((status = 200, description = "All items.", body = String)))]
/// async fn read_items() -> String {
///     "Foo".to_owned()
/// }
///
/// let router = ScopedRouter::<ResourceServer>::new().routes(routes!(read_items));
/// ```
#[cfg(feature = "openapi")]
pub use scopes_runtime_macros::routes;
