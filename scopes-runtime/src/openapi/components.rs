//! What operations refer to: the security schemes, and the refusals.

use utoipa::openapi::{OpenApi, OpenApiVersion, RefOr};

use super::refusals::Refusals;
use super::responses;
use super::scheme::OAuth2Scheme;
use super::schemes::united;
use super::security::OperationSecurity;

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

/// Adds the security schemes and the refusals, if there is a scheme. The document's own components of the same names stay, except
/// a security scheme if the one of this name has flows; responses get the refusals beside their own content.
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
    responses::add_components(components, refusals);
}
