//! From a request to a decision, and from a refusal to an answer.

mod auth_error;
mod authorize;
mod bearer;
mod challenge;
mod context;
mod evaluate;
mod extract;
mod guard;
mod metadata;
mod protected;
mod resource_server;
mod telemetry;

pub use auth_error::{AuthError, Challenge};
pub use extract::RequiredScopes;
pub use guard::{Authorized, Operation, Public, PublicOperation, ScopedOperation, check};
pub use metadata::{InvalidResource, ResourceMetadata};
pub use protected::{
    IntoRejection, Probe, ProvidesResourceServer, Rejected, RejectsWith, Requires, Unprotected, any_of,
};
pub use resource_server::{InvalidRealm, ResourceServer, ResourceServerBuilder};
