//! Declared scopes, requirements and granted scopes: plain data.

mod alternatives;
mod authentication;
mod concrete_requirement;
mod const_str;
mod credential_scheme;
mod declared;
mod flat_requirement;
mod granted;
mod parameter_source;
mod parameters;
mod requirement;
mod requirements;
mod short_bytes;

#[cfg(all(feature = "_jwt", feature = "testing"))]
pub(crate) use alternatives::is_or_implies;
pub(crate) use alternatives::{MAX_ALTERNATIVES, RequiredScope, cheapest, list, minimal_of_both, written};
pub(crate) use authentication::{Authenticated, Authentication};
pub use concrete_requirement::{ConcreteRequirement, RouterRequirement, TokenRequirement};
#[cfg(any(feature = "openapi", all(feature = "_jwt", feature = "testing")))]
pub(crate) use credential_scheme::CredentialLocation;
pub use credential_scheme::CredentialScheme;
#[cfg(feature = "openapi")]
pub(crate) use credential_scheme::{TOKEN_SCHEME, is_component_name};
pub use declared::{DeclaredScope, UndeclaredScopeError, Vocabulary};
pub use declared::{NoScope, deserialize, find};
pub(crate) use flat_requirement::{DPOP, FlatRequirement};
pub use granted::GrantedScopes;
pub(crate) use granted::MAX_SCOPES;
pub(crate) use parameter_source::ParameterSource;
pub use parameters::{ParameterValues, string_value};
pub(crate) use parameters::{SharedValues, shared};
pub use requirement::Requirement;
pub(crate) use requirement::{RequirementKey, authentication_of_all};
pub(crate) use requirements::Requirements;
pub(crate) use short_bytes::ShortBytes;
