//! Valid credentials other than access tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Request;

use crate::scope::CredentialScheme;

/// Adds valid credentials to a request.
pub(super) type AddCredentials = Arc<dyn Fn(&mut Request<Bytes>) + Send + Sync>;

/// Valid credentials by the names of their schemes.
#[derive(Clone, Default)]
pub(super) struct ValidCredentials(BTreeMap<String, AddCredentials>);

impl ValidCredentials {
    pub(super) fn set(&mut self, scheme: &str, add: AddCredentials) {
        self.0.insert(scheme.to_owned(), add);
    }

    pub(super) fn has(&self, scheme: &CredentialScheme) -> bool {
        self.0.contains_key(scheme.name())
    }

    /// Returns those of the schemes.
    pub(super) fn of<'a>(
        &self,
        schemes: impl IntoIterator<Item = &'a &'static CredentialScheme>,
    ) -> Vec<AddCredentials> {
        schemes.into_iter().filter_map(|scheme| self.0.get(scheme.name()).cloned()).collect()
    }

    /// Returns each scheme with the credentials of all others.
    pub(super) fn without_each(
        &self,
        schemes: &[&'static CredentialScheme],
    ) -> Vec<(&'static str, Vec<AddCredentials>)> {
        let others = |without: &str| self.of(schemes.iter().filter(|scheme| scheme.name() != without));
        schemes.iter().map(|scheme| (scheme.name(), others(scheme.name()))).collect()
    }
}

impl fmt::Debug for ValidCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
