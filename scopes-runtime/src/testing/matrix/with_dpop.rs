use std::panic::Location;

use super::ScopeMatrix;
#[cfg(feature = "bound-tokens")]
use super::dpop_tokens::DpopTokens;
use crate::operation::{Access, Operation};

impl ScopeMatrix {
    /// Sends bound tokens with DPoP proofs to the operations that require `dpop`. `base_url` is that of the server's
    /// [`Dpop`](crate::bound::Dpop), which accepts both schemes. Proofs have its nonces, if it requires them.
    ///
    /// Operations that require `dpop` cannot be checked without this.
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// use scopes_runtime::bound::Dpop;
    /// use scopes_runtime::router::{ScopedRouter, post};
    /// use scopes_runtime::testing::TestIssuer;
    /// use scopes_runtime::{ResourceServer, requires_scopes};
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Pay.
    /// #     Pay = "pay",
    /// # }
    ///
    /// #[requires_scopes("pay", dpop)]
    /// async fn pay() {}
    ///
    /// # fn main() {
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::new();
    /// let dpop = Dpop::new("https://api.test").unwrap();
    /// let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build().unwrap();
    /// let app = ScopedRouter::new().route("/payments", post(pay)).with_state(server);
    /// issuer.matrix(&app).dpop("https://api.test").check(app).await;
    /// # });
    /// # }
    /// ```
    #[cfg(feature = "bound-tokens")]
    pub fn dpop(self, base_url: impl Into<String>) -> Self {
        Self { dpop: DpopTokens::new(&base_url.into()), ..self }
    }

    /// # Panics
    ///
    /// Panics if an operation requires DPoP, and there is no base URL for proofs.
    pub(super) fn require_base_url(&self, caller: &Location<'_>) {
        for Operation { methods, path, access, .. } in self.report.model() {
            let Access::Scoped(requirements) = access else { continue };
            assert!(
                self.dpop.is_set() || !(requirements.require_dpop() || requirements.may_require().dpop),
                "`{methods} {path}` requires a token that is bound to a DPoP key; call `ScopeMatrix::dpop(\"https://…\")` with \
                 the base URL of the server's `Dpop`, which proofs are made for ({caller})"
            );
        }
    }
}
