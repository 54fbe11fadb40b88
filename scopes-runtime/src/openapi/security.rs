//! The `security` of operations.

use std::collections::HashSet;

use serde_json::{Map, Value};
use utoipa::openapi::security::SecurityRequirement;

use super::scheme::SCHEME_NAME;
use crate::operation::Access;
use crate::scope::{CredentialScheme, DeclaredScope};

/// Returns one requirement for each alternative, with all of its scopes. If the token is optional, there is also an empty one;
/// if the operation requires nothing, the list is empty.
pub(super) fn security(access: &Access) -> Vec<SecurityRequirement> {
    match access {
        Access::Public { accepts_token: false, .. } | Access::Unchecked { .. } => Vec::new(),
        Access::Public { accepts_token: true, .. } => {
            vec![SecurityRequirement::default(), SecurityRequirement::new(SCHEME_NAME, [""; 0])]
        }
        Access::Authenticated { credentials } => {
            vec![with_credentials(SecurityRequirement::default(), credentials)]
        }
        Access::Scoped(requirements) => {
            let credentials = requirements.credentials();
            let alternatives = requirements.alternatives();
            alternatives.iter().map(|scopes| with_credentials(one(scopes), &credentials)).collect()
        }
    }
}

fn with_credentials(
    requirement: SecurityRequirement,
    credentials: &[&CredentialScheme],
) -> SecurityRequirement {
    credentials.iter().fold(requirement, |requirement, scheme| requirement.add(scheme.name(), [""; 0]))
}

fn one(scopes: &[&'static DeclaredScope]) -> SecurityRequirement {
    let mut names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
    // Two vocabularies may declare scopes with the same name.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    SecurityRequirement::new(SCHEME_NAME, names)
}

/// Returns the `security` of an operation that had another one. Other schemes stay if the operation requires
/// nothing.
pub(super) fn security_beside(
    access: &Access,
    given: Option<Vec<SecurityRequirement>>,
) -> Vec<SecurityRequirement> {
    match given {
        Some(given) if !access.accepts_token() && access.credentials().is_empty() => {
            typed_without_scopes(&given)
        }
        _ => security(access),
    }
}

/// Removes the scheme of the scopes from the requirements. Other schemes of the same requirement stay.
pub(super) fn without_scopes(security: &Value) -> Value {
    let mut kept = Vec::new();
    let mut has_scopes = false;
    for requirement in security.as_array().into_iter().flatten() {
        let mut requirement = requirement.clone();
        let scopes = requirement.as_object_mut().and_then(|schemes| schemes.remove(SCHEME_NAME));
        has_scopes |= scopes.is_some();
        if (scopes.is_none() || !is_empty(&requirement)) && !kept.contains(&requirement) {
            kept.push(requirement);
        }
    }
    if !has_scopes {
        return security.clone();
    }
    // `{}` alone requires nothing, like the empty list.
    if kept.iter().all(is_empty) {
        kept.clear();
    }
    Value::Array(kept)
}

/// Like [`without_scopes`]. utoipa's type does not expose the schemes, so this goes through JSON.
fn typed_without_scopes(security: &[SecurityRequirement]) -> Vec<SecurityRequirement> {
    let kept = serde_json::to_value(security).map(|security| without_scopes(&security));
    kept.and_then(serde_json::from_value).expect("maps of lists of strings are JSON, and a part of them too")
}

/// Returns whether any of the requirements has the scheme of the scopes.
pub(super) fn names_scopes(security: &[SecurityRequirement]) -> bool {
    let security = serde_json::to_value(security).expect("maps of lists of strings are JSON");
    security.as_array().into_iter().flatten().any(|requirement| requirement.get(SCHEME_NAME).is_some())
}

fn is_empty(requirement: &Value) -> bool {
    requirement.as_object().is_some_and(Map::is_empty)
}
