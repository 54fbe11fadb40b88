//! Whether the server of a route accepts DPoP, once the router has its state.

use std::any::Any;

use crate::ResourceServer;
use crate::operation::{Access, Operation};

/// Returns the server in a state. `None` if the state has another type, or if the route checks no token.
type ServerOfState = Box<dyn Fn(&dyn Any) -> Option<ResourceServer> + Send + Sync>;

/// Whether the server of a route accepts DPoP. It is known once the router has its state; then the route no longer has the
/// type of the state.
#[derive(Default)]
pub(super) struct DpopSupport {
    of_state: Option<ServerOfState>,
    accepts_dpop: Option<bool>,
}

impl DpopSupport {
    pub(super) fn new<S: 'static>(
        server: impl Fn(&S) -> Option<ResourceServer> + Send + Sync + 'static,
    ) -> Self {
        let of_state: ServerOfState = Box::new(move |state| server(state.downcast_ref()?));
        Self { of_state: Some(of_state), accepts_dpop: None }
    }

    /// Sets the state. A later state is that of other routes.
    pub(super) fn set_state(&mut self, state: &dyn Any) {
        if let Some(server) = self.of_state.take().and_then(|of_state| of_state(state)) {
            self.accepts_dpop = Some(server.accepts_dpop());
        }
    }

    /// Checks that the server accepts DPoP if the operation requires it, or its handler may. Otherwise it would refuse each of
    /// these requests.
    ///
    /// # Panics
    ///
    /// Panics if it does not.
    #[track_caller]
    pub(super) fn check_dpop(&self, Operation { methods, path, access, .. }: &Operation) {
        let Access::Scoped(requirements) = access else { return };
        let requires = match (requirements.requires_dpop(), requirements.may_require().dpop) {
            (true, _) => "requires",
            (false, true) => "may require",
            (false, false) => return,
        };
        assert!(
            self.accepts_dpop != Some(false),
            "`{methods} {path}` {requires} a token that is bound to a DPoP key, but the `ResourceServer` of the router does not \
             accept DPoP: call `ResourceServerBuilder::dpop` to accept it, or remove `dpop`"
        );
    }
}
