//! What operations refer to: the security schemes, and the refusals.

use utoipa::openapi::{OpenApi, OpenApiVersion, RefOr};

use super::refusals::Refusals;
use super::responses;
use super::scheme::OAuth2Scheme;
use super::schemes::united;
use super::security::OperationSecurity;
use crate::scope::CredentialScheme;

/// Returns the security schemes that the operations refer to, each with the scopes that they require of it, or may require
/// later.
///
/// # Panics
///
/// Panics if two schemes of one name are different.
pub(super) fn referenced_schemes<'a>(
    operations: impl Iterator<Item = &'a OperationSecurity>,
) -> Vec<OAuth2Scheme> {
    united(&operations.flat_map(OperationSecurity::scopes_by_scheme).collect::<Vec<_>>())
}

/// Adds the security schemes and the refusals, if there is a scheme. The document's own components of the same names stay,
/// except a security scheme if the one of this name has flows; responses get the refusals beside their own content.
pub(super) fn add_components(openapi: &mut OpenApi, schemes: &[OAuth2Scheme], refusals: &Refusals) {
    if schemes.is_empty() {
        return;
    }
    if schemes.iter().any(OAuth2Scheme::needs_version_3_2) {
        openapi.openapi = OpenApiVersion::Version32;
    }
    let components = openapi.components.get_or_insert_default();
    for scheme in schemes {
        let name = scheme.component_name();
        if scheme.is_given() || !components.security_schemes.contains_key(name) {
            components.security_schemes.insert(name.to_owned(), RefOr::T(scheme.scheme()));
        }
    }
    responses::add_refusal_components(components, refusals);
}

/// Returns the schemes of the credentials that the operations require, each once.
///
/// # Panics
///
/// Panics if two schemes of one name are different, or if one has the name of a scheme in `schemes`.
pub(super) fn referenced_credentials<'a>(
    operations: impl Iterator<Item = &'a OperationSecurity>,
    schemes: &[OAuth2Scheme],
) -> Vec<&'static CredentialScheme> {
    let mut credentials: Vec<&'static CredentialScheme> = Vec::new();
    for scheme in operations.flat_map(|security| security.access.credentials()) {
        let name = scheme.name();
        let same = credentials.iter().find(|other| other.name() == name);
        assert!(
            same.is_none_or(|other| other.is_same(scheme))
                && schemes.iter().all(|other| other.component_name() != name),
            "two different security schemes are named `{name}`; give the `CredentialScheme` another name"
        );
        if same.is_none() {
            credentials.push(scheme);
        }
    }
    credentials
}

/// Adds the security schemes of credentials. The document's own schemes of the same names stay.
pub(super) fn add_credentials(openapi: &mut OpenApi, credentials: &[&CredentialScheme]) {
    if credentials.is_empty() {
        return;
    }
    let schemes = &mut openapi.components.get_or_insert_default().security_schemes;
    for &scheme in credentials {
        schemes.entry(scheme.name().to_owned()).or_insert_with(|| RefOr::T(scheme.into()));
    }
}
