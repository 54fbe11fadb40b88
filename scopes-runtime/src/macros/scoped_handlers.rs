/// Allows handlers in the `impl` block of a type: associated functions with `#[requires_scopes]`, `#[authenticated_by]` or
/// `#[public]`.
///
/// The block takes no `self`: a handler gets shared data through `State`. `Self` in a signature, generics of the block and
/// `#[cfg]` work as in free functions: requirements of types that depend on generics are left out, see
/// [`requires_scopes`](crate::requires_scopes). Functions without one of the attributes stay as they are. The access report
/// names a handler by its type, such as `app::Items::list`.
///
/// Without this attribute the others do not compile in an `impl` block, because they declare hidden types beside the function.
/// `#[utoipa::path]` and `#[axum::debug_handler]`, which declare items too, work on free functions only.
/// `scopes-macros/expansions/scoped_handlers.rs` in the repository shows the expansion.
///
/// ```
/// use axum::extract::State;
/// use scopes_runtime::router::{ScopedRouter, get};
/// use scopes_runtime::{declare_scopes, public, requires_scopes, scoped_handlers};
/// # use scopes_runtime::ResourceServer;
/// # use axum::extract::FromRef;
///
/// #[declare_scopes]
/// enum Scope {
///     /// Read items.
///     Items = "items",
/// }
///
/// #[derive(Clone)]
/// struct Items {
///     names: Vec<String>,
/// #   server: ResourceServer,
/// }
/// # impl FromRef<Items> for ResourceServer {
/// #     fn from_ref(items: &Items) -> Self {
/// #         items.server.clone()
/// #     }
/// # }
///
/// #[scoped_handlers]
/// impl Items {
///     #[requires_scopes("items")]
///     async fn list(State(items): State<Self>) -> String {
///         items.names.join(", ")
///     }
///
///     #[public]
///     async fn health() -> &'static str {
///         "ok"
///     }
/// }
///
/// let router: ScopedRouter<Items> =
///     ScopedRouter::new().route("/items", get(Items::list)).route("/health", get(Items::health));
/// ```
pub use scopes_runtime_macros::scoped_handlers;
