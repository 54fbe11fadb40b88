//! The `security` of operations.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::SecurityRequirement;

use super::path_item::operations;
use super::scheme::{OAuth2Scheme, SCHEME_NAME};
use super::schemes::Schemes;
use crate::operation::{Access, Operation, shape};
use crate::scope::{CredentialScheme, DeclaredScope};

/// Who may call an operation, and the security schemes of its router.
#[derive(Clone, Debug)]
pub(super) struct OperationSecurity {
    pub(super) access: Access,
    schemes: Schemes,
}

impl OperationSecurity {
    pub(super) fn of(operation: &Operation, schemes: &Schemes) -> Self {
        Self { access: operation.access.clone(), schemes: schemes.clone() }
    }

    /// Returns the security of a handler whose router is not known.
    pub(super) fn of_handler(access: Access) -> Self {
        Self { access, schemes: Schemes::default() }
    }

    /// Returns one reference for each alternative and scheme, with all scopes of the alternative. None if no token is read.
    pub(super) fn references(&self) -> Vec<(&OAuth2Scheme, Vec<&'static DeclaredScope>)> {
        let alternatives = match &self.access {
            Access::Public { accepts_token: false, .. }
            | Access::Authenticated { .. }
            | Access::Unchecked { .. } => Vec::new(),
            Access::Public { accepts_token: true, .. } => vec![Vec::new()],
            Access::Scoped(requirements) => requirements.written_alternatives(),
        };
        let references = alternatives.into_iter().flat_map(|scopes| {
            let schemes = self.schemes.of_scopes(&scopes).into_iter();
            schemes.map(move |scheme| (scheme, scopes.clone()))
        });
        references.collect()
    }

    /// Returns the references, and one for each scope that the handler may require later.
    pub(super) fn scopes_by_scheme(
        &self,
    ) -> impl Iterator<Item = (&OAuth2Scheme, Vec<&'static DeclaredScope>)> {
        let later = self.access.may_require().scopes.into_iter().flat_map(|scope| {
            let schemes = self.schemes.of_scopes(&[scope]).into_iter();
            schemes.map(move |scheme| (scheme, vec![scope]))
        });
        self.references().into_iter().chain(later)
    }

    /// Returns the requirements of the references, each with all credentials. If the token is optional, there is also an empty
    /// one.
    pub(super) fn requirements(&self) -> Vec<SecurityRequirement> {
        let credentials = self.access.credentials();
        if let Access::Authenticated { .. } = self.access {
            return vec![with_credentials(SecurityRequirement::default(), &credentials)];
        }
        let is_optional = matches!(self.access, Access::Public { accepts_token: true, .. });
        let optional = is_optional.then(SecurityRequirement::default);
        let references = self.references();
        let required = references.iter().map(|(scheme, scopes)| {
            with_credentials(security_requirement(scheme.component_name(), scopes), &credentials)
        });
        optional.into_iter().chain(required).collect()
    }

    /// Returns the requirements of an operation that had others. Other schemes stay if no token and no credentials are read.
    pub(super) fn requirements_beside(
        &self,
        given: Option<Vec<SecurityRequirement>>,
        scheme_names: &[&str],
    ) -> Vec<SecurityRequirement> {
        match given {
            Some(given) if !self.access.accepts_token() && self.access.credentials().is_empty() => {
                typed_without_schemes(&given, scheme_names)
            }
            _ => self.requirements(),
        }
    }

    /// Returns the names of all schemes that operations with these can refer to.
    pub(super) fn scheme_names<'a>(securities: impl IntoIterator<Item = &'a Self>) -> Vec<&'a str> {
        let names = securities.into_iter().flat_map(|security| {
            let schemes = security.schemes.all().iter().map(|scheme| scheme.component_name());
            schemes.chain(security.access.credentials().into_iter().map(|scheme| scheme.name()))
        });
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

fn with_credentials(
    requirement: SecurityRequirement,
    credentials: &[&CredentialScheme],
) -> SecurityRequirement {
    credentials.iter().fold(requirement, |requirement, scheme| requirement.add(scheme.name(), [""; 0]))
}

fn security_requirement(scheme: &str, scopes: &[&'static DeclaredScope]) -> SecurityRequirement {
    let mut names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
    // Two vocabularies may declare scopes with the same name.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    SecurityRequirement::new(scheme, names)
}

/// Removes the schemes with these names from the requirements. Other schemes of the same requirement stay.
pub(super) fn without_schemes(security: &Value, names: &[&str]) -> Value {
    let mut kept = Vec::new();
    let mut has_scopes = false;
    for requirement in security.as_array().into_iter().flatten() {
        let mut requirement = requirement.clone();
        let schemes = requirement.as_object_mut();
        let is_removed = schemes.is_some_and(|schemes| {
            let before = schemes.len();
            schemes.retain(|name, _| !names.contains(&name.as_str()));
            schemes.len() < before
        });
        has_scopes |= is_removed;
        let is_nothing = is_removed && is_empty(&requirement);
        if !is_nothing && !kept.contains(&requirement) {
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

/// Removes the schemes with these names from the security of services that check no tokens, also from that of the whole
/// document. `unchecked` are the shapes of their paths.
pub(super) fn remove_unchecked_schemes(document: &mut OpenApi, unchecked: &[String], names: &[&str]) {
    let of_document = document.security.clone();
    for (path, _, operation) in operations(document) {
        let Some(given) = operation.security.as_ref().or(of_document.as_ref()) else { continue };
        let kept = typed_without_schemes(given, names);
        if kept != *given && unchecked.contains(&shape(path)) {
            operation.security = Some(kept);
        }
    }
}

/// Like [`without_schemes`]. utoipa's type does not expose the schemes, so this goes through JSON.
fn typed_without_schemes(security: &[SecurityRequirement], names: &[&str]) -> Vec<SecurityRequirement> {
    let kept = serde_json::to_value(security).map(|security| without_schemes(&security, names));
    kept.and_then(serde_json::from_value).expect("maps of lists of strings are JSON, and a part of them too")
}

/// Returns whether any of the requirements has the scheme with the default name.
pub(super) fn refers_to_default_scheme(security: &[SecurityRequirement]) -> bool {
    let security = serde_json::to_value(security).expect("maps of lists of strings are JSON");
    security.as_array().into_iter().flatten().any(|requirement| requirement.get(SCHEME_NAME).is_some())
}

fn is_empty(requirement: &Value) -> bool {
    requirement.as_object().is_some_and(Map::is_empty)
}
