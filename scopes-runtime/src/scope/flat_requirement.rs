use std::ops::Not;

use serde::Serialize;

use super::DeclaredScope;

/// How reports name the requirement that the token is bound to a DPoP key.
pub(crate) const DPOP: &str = "DPoP key";

/// The scopes, the authentication and the binding that requirements name, without alternatives. Reports show what a handler may
/// require later in this form.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct FlatRequirement {
    #[serde(serialize_with = "names")]
    pub(crate) scopes: Vec<&'static DeclaredScope>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) acr_values: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) max_age: Vec<u64>,
    /// Whether the token must be bound to a DPoP key.
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) dpop: bool,
}

impl FlatRequirement {
    pub(super) fn add_scope(&mut self, scope: &'static DeclaredScope) {
        if !self.scopes.iter().any(|other| other.name() == scope.name()) {
            self.scopes.push(scope);
        }
    }

    pub(super) fn add_authentication(&mut self, acr_values: &[&'static str], max_age: Option<u64>) {
        for value in acr_values {
            if !self.acr_values.contains(value) {
                self.acr_values.push(value);
            }
        }
        self.max_age.extend(max_age.filter(|max_age| !self.max_age.contains(max_age)));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.acr_values.is_empty() && self.max_age.is_empty() && !self.dpop
    }

    /// Removes what the other one names.
    pub(super) fn remove(&mut self, other: &Self) {
        self.scopes.retain(|scope| !other.scopes.iter().any(|one| one.name() == scope.name()));
        self.acr_values.retain(|value| !other.acr_values.contains(value));
        self.max_age.retain(|max_age| !other.max_age.contains(max_age));
        self.dpop &= !other.dpop;
    }

    /// Returns each scope and option: `admin`, `acr mfa`, `max_age 300`, `DPoP key`. No scope has a space.
    pub(crate) fn list(&self) -> impl Iterator<Item = String> {
        let scopes = self.scopes.iter().map(|scope| scope.name().to_owned());
        let acr_values = self.acr_values.iter().map(|value| format!("acr {value}"));
        let max_age = self.max_age.iter().map(|seconds| format!("max_age {seconds}"));
        scopes.chain(acr_values).chain(max_age).chain(self.dpop.then(|| DPOP.to_owned()))
    }
}

fn names<S: serde::Serializer>(scopes: &[&DeclaredScope], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(scopes.iter().map(|scope| scope.name()))
}
