//! What a router's state provides.

use axum::extract::FromRef;

use super::ResourceServer;

/// `ResourceServer: FromRef<S>`, with an error message that says what to do.
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` provides no `ResourceServer`",
    label = "needs a `ResourceServer` from the state to check access tokens",
    note = "add a `ResourceServer` to the state, and `impl FromRef<{Self}> for ResourceServer` or derive `FromRef` on the state"
)]
pub trait ProvidesResourceServer: Send + Sync {
    /// Returns the server that decodes tokens.
    fn resource_server(&self) -> ResourceServer;
}

#[diagnostic::do_not_recommend]
impl<S: Send + Sync> ProvidesResourceServer for S
where
    ResourceServer: FromRef<S>,
{
    /// Returns the server that decodes tokens.
    fn resource_server(&self) -> ResourceServer {
        ResourceServer::from_ref(self)
    }
}
