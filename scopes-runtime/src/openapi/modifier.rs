use utoipa::Modify;
use utoipa::openapi::OpenApi;

use super::components::add_components;
use super::path_item::operations;
use super::refusals::PROBLEMS;
use super::responses::resolve_references;
use super::scheme::{OAuth2Scheme, SCHEME_NAME};
use super::security::refers_to_default_scheme;

/// Adds the scheme as [`SCHEME_NAME`], and the refusals that operations refer to. Other components of these names stay, with
/// the refusals beside their own content. An operation whose `security` refers to this scheme may refer to a response of
/// another name for the status of a refusal. It then gets a copy of that response with the refusal beside its content, because
/// an attribute on a handler cannot resolve the reference.
impl Modify for OAuth2Scheme {
    fn modify(&self, openapi: &mut OpenApi) {
        add_components(openapi, &[self.clone().name(SCHEME_NAME)], &PROBLEMS);
        let Some(components) = openapi.components.take() else { return };
        for (_, _, operation) in operations(openapi) {
            if operation.security.as_deref().is_some_and(refers_to_default_scheme) {
                resolve_references(&mut operation.responses, &components);
            }
        }
        openapi.components = Some(components);
    }
}
