//! Authorizes requests, and renders refusals.

mod auth_error;
mod authentication_schemes;
mod authorize;
mod bearer;
mod challenge;
mod context;
mod credential_extractor;
mod evaluate;
mod extract;
mod granted;
mod grpc;
mod guard;
mod handler_info;
mod handler_signature;
mod metadata;
#[cfg(feature = "bound-tokens")]
mod mutual_tls;
mod path_values;
mod problem;
mod provable;
mod refusal_cause;
mod refusal_reason;
mod rejection;
mod request_values;
mod require;
mod requirement_of;
mod resource_server;
mod router_state;
mod scope_parameter;
mod sender;
mod server_config;
mod telemetry;
mod token_outcome;

#[cfg(feature = "openapi")]
pub(crate) use auth_error::example_body;
pub use auth_error::{AuthError, Challenge, Unavailable};
pub(crate) use context::{begin_layers, end_layers, end_operation};
pub use credential_extractor::CredentialExtractor;
#[cfg(feature = "mcp")]
pub(crate) use evaluate::is_sufficient;
pub use extract::RequiredScopes;
pub use granted::Granted;
#[cfg(feature = "testing")]
pub(crate) use granted::proof_of;
pub(crate) use grpc::refusal_of_service;
pub use guard::{AuthenticatedBy, Authorized, Public, check};
pub use handler_info::{HandlerInfo, HandlerSource, MisplacedHandler};
#[cfg(feature = "openapi")]
pub(crate) use handler_signature::{
    AttributeOperation, DescribedPathValue, DescribedRequest, DescribedResponse,
};
pub use handler_signature::{
    Describe, DescriptionOf, Generic, NoDescription, SignatureDescription, shaped_or,
};
pub use metadata::{ProtectedResourceMetadata, ProtectedResourceMetadataError};
#[cfg(feature = "bound-tokens")]
pub use mutual_tls::{ClientCertificate, MutualTls};
pub use provable::{AnyOf, Implies, ImpliesAll, Provable, WithoutParameters};
pub use rejection::{IntoRejection, Rejected, RejectsWith};
#[cfg(feature = "mcp")]
pub(crate) use request_values::parameter_values;
pub use requirement_of::{NoRequirement, RequirementOf, ScopedExtractor, StandardWrapper, any_of, forbid};
pub use resource_server::{RealmError, ResourceServer, ResourceServerBuilder};
pub use router_state::ProvidesResourceServer;
pub use scope_parameter::{ScopeParameter, ScopeValue};
#[cfg(feature = "metrics")]
pub(crate) use telemetry::count_admission;
