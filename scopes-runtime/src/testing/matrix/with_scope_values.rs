use std::panic::Location;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Request;

use super::ScopeMatrix;
use crate::operation::{Access, Operation};

impl ScopeMatrix {
    /// Gives requests the value of a [`ScopeParameter`](crate::ScopeParameter) with this name.
    ///
    /// Operations that require scopes with such a parameter cannot be checked without this.
    ///
    /// ```
    /// # use scopes_runtime::testing::{ScopeMatrix, TestIssuer};
    /// # fn f(routes: scopes_runtime::ScopedRouter) -> ScopeMatrix {
    /// let issuer = TestIssuer::new();
    /// issuer.matrix(&routes).scope_value("tenant", |request, tenant| {
    ///     let host = format!("{tenant}.example.com").parse().expect("a number or a word");
    ///     request.headers_mut().insert("host", host);
    /// })
    /// # }
    /// ```
    pub fn scope_value(
        mut self,
        parameter: &str,
        set: impl Fn(&mut Request<Bytes>, &str) + Send + Sync + 'static,
    ) -> Self {
        self.scope_values.0.insert(parameter.to_owned(), Arc::new(set));
        self
    }

    /// Checks that [`scope_value`](Self::scope_value) was called for each `ScopeParameter`.
    ///
    /// # Panics
    ///
    /// Panics if it was not.
    pub(super) fn require_scope_values(&self, caller: &Location<'_>) {
        for Operation { methods, path, access, .. } in self.report.model() {
            let Access::Scoped(requirements) = access else { continue };
            for name in requirements.parameter_sources().iter().map(|source| source.parameter) {
                assert!(
                    !requirements.parameters().contains(&name) || self.scope_values.0.contains_key(name),
                    "`{methods} {path}` requires a scope with the parameter `{name}`, which is not in the path; call \
                     `ScopeMatrix::scope_value(\"{name}\", …)`, which gives it a value ({caller})"
                );
            }
        }
    }
}
