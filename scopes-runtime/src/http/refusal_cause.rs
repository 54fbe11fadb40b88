//! Why a valid token does not satisfy a requirement, for the log.

use std::borrow::Cow;

use super::challenge::RefusalTemplate;
use super::refusal_reason::RefusalReason;
use crate::scope::{GrantedScopes, RequiredScope, Requirements};
use crate::shown_text::quoted;
use crate::token::AccessToken;

const UNBOUND_TOKEN: &str = "it is not bound to a DPoP key, which the operation requires";

const NO_GRANTED_SCOPES: &str = "it grants no scopes: the client requested none, the decoder reads another claim (`TokenProfile`, \
                         `scope_claim`), or `may_grant` dropped them";

/// The most scopes of a token that are compared with a missing one.
const MAX_GRANTED: usize = 64;

/// The most missing scopes that are compared.
const MAX_MISSING: usize = 4;

/// Returns the cause, if the reason alone is not specific enough. `missing` are the scopes that the token lacks. Takes a
/// bounded time, because clients can repeat a refusal.
pub(super) fn of(
    reason: RefusalReason,
    required: &Requirements,
    template: &RefusalTemplate,
    missing: &[RequiredScope],
    token: &AccessToken,
) -> Option<Cow<'static, str>> {
    match reason {
        RefusalReason::UnboundToken => Some(UNBOUND_TOKEN.into()),
        RefusalReason::InsufficientScope => {
            unusable_parameter(required, missing).or_else(|| cause_of_missing(missing, token.scopes()))
        }
        RefusalReason::InsufficientUserAuthentication => {
            let failures = token.authenticated().failures(template.authentication());
            (!failures.is_empty()).then(|| failures.join("; ").into())
        }
        _ => None,
    }
}

/// Returns the cause if a parameter of a required scope has no usable value.
fn unusable_parameter(required: &Requirements, missing: &[RequiredScope]) -> Option<Cow<'static, str>> {
    let without_value = required.missing_parameters(required.values()).next();
    let (parameter, reason) = match without_value {
        Some(parameter) => (parameter, "has no value, or several different ones".into()),
        None => missing.iter().find_map(RequiredScope::unusable_parameter)?,
    };
    Some(format!("the parameter `{parameter}` of a required scope {reason}").into())
}

fn cause_of_missing(missing: &[RequiredScope], granted: &GrantedScopes) -> Option<Cow<'static, str>> {
    if granted.is_empty() {
        return Some(NO_GRANTED_SCOPES.into());
    }
    missing.iter().take(MAX_MISSING).filter_map(RequiredScope::name).find_map(|name| {
        granted.iter().take(MAX_GRANTED).find_map(|granted| {
            let similar = if granted.eq_ignore_ascii_case(&name) {
                "has it in another case"
            } else if granted.split(',').any(|part| part == name) {
                "has it with a comma, but spaces separate scopes (RFC 6749 section 3.3)"
            } else {
                return None;
            };
            Some(format!("it lacks the scope `{name}`, and {similar}: {}", quoted(granted)).into())
        })
    })
}
