//! From a request to a decision, and from a refusal to an answer.

mod auth_error;
mod bearer;
mod extract;
mod findings;
mod guard;
mod metadata;
mod observed;
mod protected;
mod resource_server;

pub use auth_error::{AuthError, Challenge};
pub use extract::RequiredScopes;
pub use guard::{Authorized, Operation, Public, PublicOperation, ScopedOperation, check};
pub use metadata::{InvalidResource, ResourceMetadata};
pub use protected::{
    IntoRejection, Probe, ProvidesResourceServer, Rejected, RejectsWith, Requires, Unprotected, any_of,
};
pub use resource_server::{InvalidRealm, ResourceServer, ResourceServerBuilder};
