/// Adds the requirements of a struct's fields to the handlers that take the struct.
///
/// axum's `#[derive(FromRequestParts)]` extracts the fields, and each field checks the token. With this derive, the
/// document, the report and the first challenge contain their requirements.
/// `scopes-macros/expansions/scoped_extractor.rs` in the repository shows the expansion.
///
/// ```
/// use axum::extract::{FromRequestParts, Query};
/// use scopes_runtime::{AccessToken, ResourceServer, ScopedExtractor, requires_scopes};
/// # #[derive(serde::Deserialize)]
/// # struct Page { number: Option<u32> }
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[derive(FromRequestParts, ScopedExtractor)]
/// #[from_request(state(ResourceServer))]
/// struct Listing {
///     token: AccessToken,
///     page: Query<Page>,
/// }
///
/// #[requires_scopes("items")]
/// async fn read_items(listing: Listing) {
///     # let _ = (listing.token, listing.page.0.number);
/// }
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::ScopedExtractor;
