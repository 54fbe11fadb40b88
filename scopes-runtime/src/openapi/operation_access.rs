//! What the access of an operation adds to its description.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::Components;
use utoipa::openapi::path::Operation;

use super::access_text::add_access_text;
use super::refusals::{REFUSALS, Refusals};
use super::responses::add_refusals;
use super::security::OperationSecurity;
use crate::operation::Access;

/// The extension with the required authentication of the user, as the parameters of RFC 9470. OpenAPI has no field for it.
pub(super) const USER_AUTHENTICATION: &str = "x-user-authentication";

/// The extension of operations that only accept tokens with the scheme `DPoP` (RFC 9449): `true`. OpenAPI has no field for it.
pub(super) const DPOP_REQUIRED: &str = "x-dpop-required";

/// The extension with the scopes that the handler may require of the token later.
pub(super) const MAY_REQUIRE: &str = "x-may-require";

/// The extension with the source of each parameter of the required scopes: `path` for the path parameter of its name, or
/// `request` for another part of the request.
pub(super) const SCOPE_PARAMETERS: &str = "x-scope-parameters";

/// Adds `security`, the refusals and the required authentication of the user. Responses of the operation stay, with the
/// refusals beside their content. References are resolved among the components of the document; without them, references stay.
/// `scheme_names` are the names of the security schemes of all routers in the document.
pub(super) fn add_access(
    security: &OperationSecurity,
    operation: &mut Operation,
    scheme_names: &[&str],
    format: &Refusals,
    components: Option<&Components>,
) {
    let access = &security.access;
    add_access_text(security, operation);
    operation.security = Some(security.requirements_beside(operation.security.take(), scheme_names));
    add_refusals(&mut operation.responses, &refusals(access), format, components);
    let extensions: Vec<_> = extensions(access).collect();
    if !extensions.is_empty() {
        let all = operation.extensions.get_or_insert_default();
        all.extend(extensions.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
}

/// Returns the extensions of an operation: the required authentication of the user, whether DPoP is required, what the handler
/// may require later, and the sources of scopes' parameters.
pub(super) fn extensions(access: &Access) -> impl Iterator<Item = (&'static str, Value)> {
    let may_require = access.may_require();
    let may_require = (!may_require.is_empty()).then(|| as_json(&may_require));
    let user_authentication = user_authentication(access).map(|value| (USER_AUTHENTICATION, value));
    let parameters = scope_parameters(access);
    let parameters = (!parameters.is_empty()).then(|| (SCOPE_PARAMETERS, as_json(&parameters)));
    let requires_dpop = matches!(access, Access::Scoped(requirements) if requirements.requires_dpop());
    let dpop = requires_dpop.then_some((DPOP_REQUIRED, Value::Bool(true)));
    let may_require = may_require.map(|value| (MAY_REQUIRE, value));
    user_authentication.into_iter().chain(dpop).chain(may_require).chain(parameters)
}

/// Returns the source of each parameter of the required scopes.
fn scope_parameters(access: &Access) -> BTreeMap<&'static str, &'static str> {
    let Access::Scoped(requirements) = access else { return BTreeMap::new() };
    let source_of =
        |parameter: &str| if requirements.has_extractor_of(parameter) { "request" } else { "path" };
    requirements.parameters().into_iter().map(|parameter| (parameter, source_of(parameter))).collect()
}

/// Returns the required authentication of the user, if any.
fn user_authentication(access: &Access) -> Option<Value> {
    let Access::Scoped(requirements) = access else { return None };
    let authentication = requirements.authentication();
    (!authentication.is_nothing()).then(|| as_json(&authentication))
}

fn as_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("strings and numbers are always JSON")
}

/// Returns the statuses of the refusals that the operation may send, and their names among the components.
pub(super) fn refusals(access: &Access) -> Vec<(u16, &'static str)> {
    let is_scoped = matches!(access, Access::Scoped(_));
    let requires_scopes = is_scoped && !access.alternatives().iter().any(Vec::is_empty)
        || !access.may_require().scopes.is_empty();
    let is_sent = |(status, _): &(u16, &str)| *status != 403 || requires_scopes;
    REFUSALS.into_iter().filter(|refusal| access.accepts_token() && is_sent(refusal)).collect()
}
