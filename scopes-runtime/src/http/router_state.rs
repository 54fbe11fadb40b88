//! `ProvidesResourceServer`: the bound on a router's state.

use axum::extract::FromRef;

use super::ResourceServer;

/// `ResourceServer: FromRef<S>`, with an error message that names the missing impl.
#[diagnostic::on_unimplemented(
    message = "no `ResourceServer` in the router state `{Self}`",
    label = "`ResourceServer: FromRef<{Self}>` is required to check access tokens",
    note = "add a `ResourceServer` to the state, and derive `FromRef` (feature `macros` of axum) on the state or write `impl FromRef<State> for ResourceServer`, where `State` is the state, or the type inside of its `Arc`",
    note = "if this is not the state of the application, call `with_state` with it before the router is served",
    note = "with `#[axum::debug_handler]`, name the state: `#[axum::debug_handler(state = AppState)]`"
)]
pub trait ProvidesResourceServer: Send + Sync {
    /// Returns the `ResourceServer` of the state.
    fn resource_server(&self) -> ResourceServer;
}

#[diagnostic::do_not_recommend]
impl<S: Send + Sync> ProvidesResourceServer for S
where
    ResourceServer: FromRef<S>,
{
    /// Returns the `ResourceServer` of the state.
    fn resource_server(&self) -> ResourceServer {
        ResourceServer::from_ref(self)
    }
}
