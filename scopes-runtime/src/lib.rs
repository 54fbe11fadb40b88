//! OAuth2 scopes for axum, declared once: checked by the compiler, enforced as RFC 6750 asks.
//!
//! ```
//! use scopes_runtime::{AccessToken, declare_scopes, public, requires_scopes};
//!
//! /// What an access token may be allowed to do.
//! #[declare_scopes]
//! pub enum Scope {
//!     /// Read items.
//!     Items = "items",
//!     /// Create, change and delete items.
//!     #[implies(Items)]
//!     ItemsWrite = "items:write",
//! }
//!
//! #[requires_scopes("items")]
//! async fn read_items(token: AccessToken) -> String {
//!     format!("the items of {:?}", token.subject())
//! }
//!
//! #[public]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//! # fn main() {}
//! ```

mod http;
mod scope;
mod token;

pub use http::{
    AuthError, Authorized, Challenge, InvalidRealm, Public, RequiredScopes, ResourceServer,
    ResourceServerBuilder,
};
pub use scope::{DeclaredScope, GrantedScopes, Requirement, UndeclaredScope};
pub use token::{AccessToken, DecodeError, Decoding, TokenDecoder};
#[cfg(feature = "_jwt")]
pub use token::{
    Algorithm, JwtDecoder, JwtDecoderBuilder, JwtDecoderError, KeyError, ScopeClaim, VerificationKey,
};

pub use scopes_macros::{declare_scopes, public, requires_scopes, scopes};

/// For generated code alone.
#[doc(hidden)]
pub mod __private {
    pub use crate::http::{
        Operation, Probe, ProvidesResourceServer, RejectsWith, Requires, Unprotected, check,
    };
    pub use crate::scope::{deserialize, find};
    pub use axum::extract::FromRequestParts;
    pub use scopes_macros::undeclared_scope;
    pub use serde;
}
