use std::collections::BTreeSet;
use std::panic::Location;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Request;

use super::ScopeMatrix;
use super::insufficient::MAX_SCOPES_OF_TOKEN;
use crate::operation::{Access, Operation};

impl ScopeMatrix {
    /// Adds valid credentials of the [scheme](crate::CredentialScheme) with this name to the requests of operations that
    /// require them. `add` gets the whole request, with its body: for a signature.
    ///
    /// Operations that require credentials beside a token cannot be checked without this.
    ///
    /// ```
    /// # use scopes_runtime::testing::{ScopeMatrix, TestIssuer};
    /// # use axum::http::HeaderValue;
    /// # fn f(routes: scopes_runtime::ScopedRouter) -> ScopeMatrix {
    /// let issuer = TestIssuer::new();
    /// issuer.matrix(&routes).credentials("partner_key", |request| {
    ///     request.headers_mut().insert("X-Api-Key", HeaderValue::from_static("a key of the tests"));
    /// })
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// [`check`](Self::check) panics if no operation requires credentials of this scheme.
    pub fn credentials(
        mut self,
        scheme: &str,
        add: impl Fn(&mut Request<Bytes>) + Send + Sync + 'static,
    ) -> Self {
        self.credentials.set(scheme, Arc::new(add));
        self
    }

    /// # Panics
    ///
    /// Panics if an operation requires credentials beside a token that were not set.
    pub(super) fn require_credentials(&self, caller: &Location<'_>) {
        for Operation { methods, path, access, .. } in self.report.model() {
            let Access::Scoped(requirements) = access else { continue };
            for scheme in requirements.credentials() {
                let name = scheme.name();
                assert!(
                    self.credentials.has(scheme),
                    "`{methods} {path}` requires credentials of `{name}` beside a token; call \
                     `ScopeMatrix::credentials(\"{name}\", …)`, which adds valid ones to the requests ({caller})"
                );
            }
        }
    }

    /// # Panics
    ///
    /// Panics if credentials were set for a scheme that no operation has.
    pub(super) fn require_schemes_of_credentials(&self, caller: &Location<'_>) {
        let schemes = self.report.model().iter().flat_map(|operation| operation.access.credentials());
        let known: BTreeSet<_> = schemes.map(|scheme| scheme.name()).collect();
        for scheme in self.credentials.schemes() {
            assert!(
                known.contains(scheme),
                "`ScopeMatrix::credentials` was called for `{scheme}`, which is the scheme of no operation; the access report \
                 lists the schemes ({caller})"
            );
        }
    }

    /// Returns tokens that have all known scopes together.
    pub(super) fn tokens_of_all_scopes(&self) -> Vec<String> {
        let known: Vec<_> = self.report.known_scopes().iter().copied().collect();
        match known.len() {
            0 => vec![self.token.clone().sign()],
            _ => known
                .chunks(MAX_SCOPES_OF_TOKEN)
                .map(|scopes| self.token.clone().scopes(scopes).sign())
                .collect(),
        }
    }
}
