use std::collections::HashSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;
use std::{ptr, slice};

use super::scheme::{OAuth2Scheme, UNSPECIFIED};
use crate::scope::DeclaredScope;

/// The security schemes of a router, each with another name. Operations of a router without any refer to
/// [`UNSPECIFIED`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Schemes(Arc<[OAuth2Scheme]>);

impl Schemes {
    /// Adds a scheme. It replaces one of the same name.
    pub(crate) fn set(&mut self, scheme: OAuth2Scheme) {
        let others = self.0.iter().filter(|other| other.component_name() != scheme.component_name());
        self.0 = others.cloned().chain([scheme.clone()]).collect();
    }

    /// Uses the schemes of the router around, if this router has none.
    pub(crate) fn or(&self, around: &Self) -> Self {
        if self.0.is_empty() { around.clone() } else { self.clone() }
    }

    /// Returns the scopes of all vocabularies.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &'static DeclaredScope> {
        self.0.iter().flat_map(OAuth2Scheme::scopes).copied()
    }

    pub(super) fn all(&self) -> &[OAuth2Scheme] {
        if self.0.is_empty() { slice::from_ref(&UNSPECIFIED) } else { &self.0 }
    }

    /// Returns the schemes whose tokens may have these scopes: those that declare all of them, or all schemes if none does.
    pub(super) fn of_scopes(&self, scopes: &[&'static DeclaredScope]) -> Vec<&OAuth2Scheme> {
        let declaring: Vec<_> = self.all().iter().filter(|scheme| scheme.declares(scopes)).collect();
        if declaring.is_empty() { self.all().iter().collect() } else { declaring }
    }
}

/// Returns one scheme for each name, with the given scopes beside its own.
///
/// # Panics
///
/// Panics if two schemes of one name are different.
pub(super) fn united<'a>(
    references: &[(&'a OAuth2Scheme, Vec<&'static DeclaredScope>)],
) -> Vec<OAuth2Scheme> {
    let mut united: BTreeMap<&'a str, OAuth2Scheme> = BTreeMap::new();
    // The operations of a router share its schemes.
    let mut seen = HashSet::new();
    for (scheme, _) in references.iter().filter(|(scheme, _)| seen.insert(ptr::from_ref(*scheme))) {
        match united.entry(scheme.component_name()) {
            Entry::Vacant(entry) => _ = entry.insert((*scheme).clone()),
            Entry::Occupied(mut entry) => entry.get_mut().unite(scheme),
        }
    }
    for (scheme, scopes) in references {
        let known = united.get_mut(scheme.component_name());
        known.expect("all were added above").add_scopes(scopes);
    }
    united.into_values().collect()
}
