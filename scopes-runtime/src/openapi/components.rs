//! What operations refer to: the security scheme, and the refusals.

use utoipa::openapi::{OpenApi, OpenApiVersion, RefOr};

use super::refusals::{PROBLEM, problem};
use super::responses;
use super::scheme::{OAuth2Scheme, SCHEME_NAME};
use crate::operation::Access;
use crate::scope::{CredentialScheme, DeclaredScope};

/// Adds what the operations refer to.
///
/// # Panics
///
/// Panics if two credential schemes have one name.
pub(super) fn add_components<'a>(
    openapi: &mut OpenApi,
    operations: impl Iterator<Item = &'a Access> + Clone,
    scheme: &OAuth2Scheme,
) {
    let credentials: Vec<_> = operations.clone().flat_map(Access::credentials).collect();
    for (at, scheme) in credentials.iter().enumerate() {
        let mut earlier = credentials[..at].iter().filter(|other| other.name() == scheme.name());
        assert!(
            earlier.all(|other| other.is_same(scheme)),
            "two credential schemes have the name `{}`; give each another one",
            scheme.name()
        );
        add_credentials(openapi, scheme);
    }
    if operations.clone().any(Access::accepts_token) {
        add_scheme(openapi, scheme, operations.flat_map(Access::alternatives).flatten());
    }
}

/// Adds the security scheme of credentials. The document's own scheme of the same name stays.
pub(super) fn add_credentials(openapi: &mut OpenApi, scheme: &CredentialScheme) {
    let schemes = &mut openapi.components.get_or_insert_default().security_schemes;
    schemes.entry(scheme.name().to_owned()).or_insert_with(|| RefOr::T(scheme.into()));
}

/// Adds the security scheme with these scopes beside its own, and the refusals. The document's own components of the same names
/// stay, except a security scheme if `scheme` has flows; responses get the refusals beside their own content.
pub(super) fn add_scheme(
    openapi: &mut OpenApi,
    scheme: &OAuth2Scheme,
    required: impl Iterator<Item = &'static DeclaredScope>,
) {
    if scheme.needs_version_3_2() {
        openapi.openapi = OpenApiVersion::Version32;
    }
    let components = openapi.components.get_or_insert_default();
    let schemes = &mut components.security_schemes;
    if scheme.is_given() || !schemes.contains_key(SCHEME_NAME) {
        schemes.insert(SCHEME_NAME.to_owned(), RefOr::T(scheme.scheme(required)));
    }
    components.schemas.entry(PROBLEM.to_owned()).or_insert_with(|| RefOr::T(problem()));
    responses::add_components(components);
}
