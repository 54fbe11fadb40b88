//! What the access of an operation adds to its description.

use serde_json::Value;
use utoipa::openapi::Components;
use utoipa::openapi::path::Operation;

use super::refusals::{REFUSALS, Refusals};
use super::responses::add_refusals;
use super::security::OperationSecurity;
use crate::operation::Access;

/// The extension with the required authentication of the user, as the parameters of RFC 9470. OpenAPI has no field for it.
pub(super) const USER_AUTHENTICATION: &str = "x-user-authentication";

/// Adds `security`, the refusals and the required authentication of the user. Responses of the operation stay, with the refusals
/// beside their content. References are resolved among the components of the document; without them, references stay.
/// `scheme_names` are the names of the security schemes of all routers in the document.
pub(super) fn add_access(
    security: &OperationSecurity,
    operation: &mut Operation,
    scheme_names: &[&str],
    format: &Refusals,
    components: Option<&Components>,
) {
    let access = &security.access;
    operation.security = Some(security.requirements_beside(operation.security.take(), scheme_names));
    add_refusals(&mut operation.responses, &refusals(access), format, components);
    if let Some(authentication) = user_authentication(access) {
        let extensions = operation.extensions.get_or_insert_default();
        extensions.insert(USER_AUTHENTICATION.to_owned(), authentication);
    }
}

/// Returns the required authentication of the user, if any.
pub(super) fn user_authentication(access: &Access) -> Option<Value> {
    let Access::Scoped(requirements) = access else { return None };
    let authentication = requirements.authentication();
    (!authentication.is_nothing())
        .then(|| serde_json::to_value(authentication).expect("strings and a number are always JSON"))
}

/// Returns the statuses of the refusals that the operation may send, and their names among the components.
pub(super) fn refusals(access: &Access) -> Vec<(u16, &'static str)> {
    let requires_scopes =
        matches!(access, Access::Scoped(_)) && !access.alternatives().iter().any(Vec::is_empty);
    let is_sent = |(status, _): &(u16, &str)| *status != 403 || requires_scopes;
    REFUSALS.into_iter().filter(|refusal| access.accepts_token() && is_sent(refusal)).collect()
}
