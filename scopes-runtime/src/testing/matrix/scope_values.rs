//! The values of scopes' parameters that are not in the path.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Request;

use crate::scope::Requirements;

/// Gives a request the value of a parameter.
pub(super) type SetScopeValue = Arc<dyn Fn(&mut Request<Bytes>, &str) + Send + Sync>;

/// By the names of the parameters.
#[derive(Clone, Default)]
pub(super) struct ScopeValues(pub(super) BTreeMap<String, SetScopeValue>);

impl ScopeValues {
    /// Returns those of the parameters that extractors give.
    pub(super) fn of(&self, requirements: &Requirements) -> Vec<SetScopeValue> {
        let sources = requirements.parameter_sources();
        sources.iter().filter_map(|source| self.0.get(source.parameter).cloned()).collect()
    }
}

impl fmt::Debug for ScopeValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
