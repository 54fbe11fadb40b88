//! The `security` of operations that others secure as well.

use serde_json::{Map, Value};
use utoipa::openapi::security::SecurityRequirement;

use super::SCHEME_NAME;

/// The requirements without the scheme of the scopes, for an operation that no longer requires it. What remains of a
/// requirement of several schemes stays.
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
    match has_scopes {
        // `{}` alone requires nothing, as the empty list does.
        true if kept.iter().all(is_empty) => Value::Array(Vec::new()),
        true => Value::Array(kept),
        false => security.clone(),
    }
}

/// As [`without_scopes`]; utoipa's type does not show which schemes it names.
pub(super) fn typed_without_scopes(security: &[SecurityRequirement]) -> Vec<SecurityRequirement> {
    let kept = serde_json::to_value(security).map(|security| without_scopes(&security));
    kept.and_then(serde_json::from_value).expect("maps of lists of strings are JSON, and a part of them too")
}

/// Whether any of the requirements names the scheme of the scopes.
pub(super) fn names_scopes(security: &[SecurityRequirement]) -> bool {
    let security = serde_json::to_value(security).expect("maps of lists of strings are JSON");
    security.as_array().into_iter().flatten().any(|requirement| requirement.get(SCHEME_NAME).is_some())
}

fn is_empty(requirement: &Value) -> bool {
    requirement.as_object().is_some_and(Map::is_empty)
}
