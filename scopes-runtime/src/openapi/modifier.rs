use utoipa::Modify;
use utoipa::openapi::OpenApi;

use super::components::add_components;
use super::path_item::operations;
use super::refusals::PROBLEMS;
use super::responses::resolve_references;
use super::scheme::{OAuth2Scheme, SCHEME_NAME};
use super::security::names_scopes;

/// Adds the scheme as [`SCHEME_NAME`], and the refusals that operations refer to. Other components of these names stay, with
/// the refusals beside their own content. An operation with scopes may refer to a response of another name for the status of a
/// refusal. It then gets a copy of that response with the refusal beside its content, because an attribute on a handler cannot
/// resolve the reference.
impl Modify for OAuth2Scheme {
    fn modify(&self, openapi: &mut OpenApi) {
        add_components(openapi, &[self.clone().name(SCHEME_NAME)], &PROBLEMS);
        let Some(components) = openapi.components.take() else { return };
        for (_, _, operation) in operations(openapi) {
            if operation.security.as_deref().is_some_and(names_scopes) {
                resolve_references(&mut operation.responses, &components);
            }
        }
        openapi.components = Some(components);
    }
}
