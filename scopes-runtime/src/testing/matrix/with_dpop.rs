use std::panic::Location;

use super::ScopeMatrix;
#[cfg(feature = "bound-tokens")]
use super::dpop_tokens::DpopTokens;
use crate::operation::{Access, Operation};
#[cfg(feature = "bound-tokens")]
use crate::token::Dpop;

impl ScopeMatrix {
    /// Sends bound tokens with DPoP proofs to the operations that require `dpop`, and to all operations if
    /// [`Dpop::required`](crate::bound::Dpop::required) was called. `dpop` is that of the server, or one with the same base
    /// URL and the same call of `required`. Proofs have the nonces of the server, if it requires them.
    ///
    /// Each operation must also refuse a bound token with the scheme `Bearer` (RFC 9449 section 7.2).
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
    /// let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop.clone()).build().unwrap();
    /// let app = ScopedRouter::new().route("/payments", post(pay)).with_state(server);
    /// issuer.matrix(&app).dpop(&dpop).check(app).await;
    /// # });
    /// # }
    /// ```
    #[cfg(feature = "bound-tokens")]
    pub fn dpop(self, dpop: &Dpop) -> Self {
        Self { dpop: DpopTokens::new(dpop), ..self }
    }

    /// # Panics
    ///
    /// Panics if an operation requires DPoP, and [`dpop`](Self::dpop) was not called.
    pub(super) fn require_dpop(&self, caller: &Location<'_>) {
        for Operation { methods, path, access, .. } in self.report.model() {
            let Access::Scoped(requirements) = access else { continue };
            assert!(
                self.dpop.is_set() || !(requirements.requires_dpop() || requirements.may_require().dpop),
                "`{methods} {path}` requires a token that is bound to a DPoP key; call `ScopeMatrix::dpop` with the `Dpop` of \
                 the server, whose base URL proofs are made for ({caller})"
            );
        }
    }
}
