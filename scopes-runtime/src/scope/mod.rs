//! Declared scopes, requirements and granted scopes: plain data.

mod authentication;
mod credential_scheme;
mod declared;
mod granted;
mod named_scopes;
mod requirement;
mod requirements;

pub(crate) use authentication::{Authenticated, Authentication};
pub use credential_scheme::CredentialScheme;
#[cfg(feature = "openapi")]
pub(crate) use credential_scheme::{CredentialLocation, TOKEN_SCHEME, is_component_name};
pub use declared::{DeclaredScope, UndeclaredScopeError, Vocabulary};
pub use declared::{NoScope, deserialize, find};
pub use granted::GrantedScopes;
pub(crate) use granted::MAX_SCOPES;
pub(crate) use named_scopes::NamedScopes;
pub use requirement::Requirement;
#[cfg(all(feature = "_jwt", feature = "testing"))]
pub(crate) use requirement::is_or_implies;
pub(crate) use requirement::{
    MAX_ALTERNATIVES, RequirementKey, alternatives_of_all, authentication_of_all, cheapest, list,
    minimal_of_both, not_granted, written,
};
pub(crate) use requirements::Requirements;
