//! Dry runs: requests end after they were authorized.

use std::panic::Location;

use super::ScopeMatrix;
use super::run::Run;
use super::target::Target;
use crate::operation::Access;

impl ScopeMatrix {
    /// Ends each request after it was authorized, before the handler or the scoped service. The response is an empty 204.
    /// Default: handlers and services run.
    ///
    /// Layers of routers and method routers run. Extractors, layers of handlers (`Handler::layer`) and checks inside of
    /// handlers do not, so a dry run does not find what they require beside the report, and checks no credentials other than
    /// tokens. Services and routers that are unchecked run.
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// # use scopes_runtime::requires_scopes;
    /// use scopes_runtime::router::{ScopedRouter, delete};
    /// use scopes_runtime::testing::TestIssuer;
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Delete items.
    /// #     Items = "items",
    /// # }
    ///
    /// #[requires_scopes("items")]
    /// async fn delete_item() {
    ///     panic!("no request gets here");
    /// }
    ///
    /// # fn main() {
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::new();
    /// let app = ScopedRouter::new().route("/items/{id}", delete(delete_item));
    /// let app = app.with_state(issuer.resource_server());
    /// issuer.matrix(&app).dry_run().check(app).await;
    /// # });
    /// # }
    /// ```
    ///
    /// A layer that drops the extensions of requests would let them reach the handler. Before other requests, a dry run sends
    /// one without a token to each operation, and panics if it does not reach the check with its extensions. Those of handlers
    /// without scopes come last, because no check would refuse them.
    pub fn dry_run(self) -> Self {
        Self { is_dry: true, ..self }
    }

    /// Sends a request without a token to each operation, those of handlers without scopes last.
    ///
    /// # Panics
    ///
    /// Panics if a dry run would run the handler of an operation.
    pub(super) async fn check_dry_run(&self, run: &mut Run<'_>, caller: &Location<'_>) {
        let all = self.report.model();
        let scoped = all.iter().filter(|operation| matches!(operation.access, Access::Scoped(_)));
        let others = all.iter().filter(|operation| {
            matches!(operation.access, Access::Authenticated { .. } | Access::Public { .. })
        });
        for operation in scoped.chain(others) {
            let target = Target::of(operation, all);
            assert!(
                run.keeps_extensions(&target).await != Some(false),
                "a dry run of `{}` does not end before its handler: a layer around it drops the extensions of requests, or \
                 responds itself ({caller})",
                target.operation
            );
        }
    }
}
