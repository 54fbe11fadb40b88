//! What a router's state provides.

use axum::extract::FromRef;

use super::ResourceServer;

/// `ResourceServer: FromRef<S>`, with a message that says what to do.
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` provides no `ResourceServer`",
    label = "this checks access tokens, and asks the state for the server that decodes them",
    note = "put a `ResourceServer` into the state and `impl FromRef<{Self}> for ResourceServer`, or derive `FromRef` on the state"
)]
pub trait ProvidesResourceServer: Send + Sync {
    /// The server that decodes tokens.
    fn resource_server(&self) -> ResourceServer;
}

#[diagnostic::do_not_recommend]
impl<S: Send + Sync> ProvidesResourceServer for S
where
    ResourceServer: FromRef<S>,
{
    /// The server that decodes tokens.
    fn resource_server(&self) -> ResourceServer {
        ResourceServer::from_ref(self)
    }
}
