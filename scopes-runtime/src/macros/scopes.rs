/// Returns a [`Requirement`](crate::Requirement), written as in [`#[requires_scopes]`](macro@crate::requires_scopes).
///
/// With values for the parameters of the scopes, returns a [`ConcreteRequirement`](crate::ConcreteRequirement):
/// `scopes!("org:{org}:read", org = project.org)`.
///
/// `scopes-macros/expansions/scopes.rs` in the repository shows the expansion.
///
/// ```
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// #     /// Everything.
/// #     Admin = "admin",
/// # }
/// use scopes_runtime::{AccessToken, AuthError, scopes};
///
/// fn may_read(token: &AccessToken) -> Result<(), AuthError> {
///     token.require(scopes!(any("items", "admin")))
/// }
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::scopes;
