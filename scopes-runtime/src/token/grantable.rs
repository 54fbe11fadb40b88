use std::collections::HashSet;

use crate::scope::GrantedScopes;

/// Longest part of the dropped scopes in an event: the issuer chooses how many there are.
const MAX_LOGGED_BYTES: usize = 256;

/// The scopes that an issuer may grant: all of them, unless some are listed.
#[derive(Clone, Debug, Default)]
pub(super) struct GrantableScopes(Option<HashSet<Box<str>>>);

impl GrantableScopes {
    pub(super) fn allow<N: AsRef<str>>(&mut self, scopes: impl IntoIterator<Item = N>) {
        let scopes = scopes.into_iter().map(|scope| scope.as_ref().into());
        self.0.get_or_insert_default().extend(scopes);
    }

    /// Drops the other scopes of a token, and reports them. The issuer is as it is configured, so that a counter's label
    /// has few values.
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
            scopes = logged(&dropped),
            "scopes that the issuer may not grant were dropped"
        );
        kept.into_iter().collect()
    }
}

/// Scope-tokens are visible ASCII, so any byte is a place to cut.
fn logged(scopes: &[&str]) -> String {
    let mut list = scopes.join(" ");
    list.truncate(MAX_LOGGED_BYTES);
    list
}
