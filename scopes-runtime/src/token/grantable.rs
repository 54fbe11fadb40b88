use std::collections::HashSet;

use crate::scope::GrantedScopes;
use crate::shown_text::cut;

/// The scopes that an issuer may grant: all of them, unless some are listed.
#[derive(Clone, Debug, Default)]
pub(super) struct GrantableScopes(Option<HashSet<Box<str>>>);

impl GrantableScopes {
    /// Adds scopes to the list, or starts one.
    pub(super) fn allow<N: AsRef<str>>(&mut self, scopes: impl IntoIterator<Item = N>) {
        let scopes = scopes.into_iter().map(|scope| scope.as_ref().into());
        self.0.get_or_insert_default().extend(scopes);
    }

    /// Drops the other scopes of a token, and reports how many. `issuer` is the configured issuer, not the claim, so that the
    /// label of the counter has few values.
    pub(super) fn restrict(&self, granted: GrantedScopes, issuer: &str) -> GrantedScopes {
        let Some(grantable) = &self.0 else { return granted };
        let (kept, dropped): (Vec<_>, Vec<_>) = granted.iter().partition(|scope| grantable.contains(*scope));
        if dropped.is_empty() {
            return granted;
        }
        #[cfg(feature = "metrics")]
        metrics::counter!("scopes_dropped_total", "issuer" => issuer.to_owned())
            .increment(dropped.len() as u64);
        tracing::debug!(
            target: "scopes_runtime::dropped",
            issuer,
            count = dropped.len(),
            scopes = &*cut(&dropped.join(" ")),
            "scopes that the issuer may not grant were dropped"
        );
        kept.into_iter().collect()
    }
}
