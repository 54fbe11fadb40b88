//! Why a valid token does not satisfy a requirement, for the log.

use std::borrow::Cow;

use super::challenge::RefusalReason;
use crate::token::AccessToken;

const UNBOUND_TOKEN: &str = "it is not bound to a DPoP key, which the operation requires";

const NO_SCOPES: &str = "it grants no scopes: the client requested none, the decoder reads another claim (`TokenProfile`, \
                         `scope_claim`), or `may_grant` dropped them";

/// Returns the cause, if the reason alone is not specific enough.
pub(super) fn cause(reason: RefusalReason, token: &AccessToken) -> Option<Cow<'static, str>> {
    match reason {
        RefusalReason::UnboundToken => Some(UNBOUND_TOKEN.into()),
        RefusalReason::InsufficientScope if token.scopes().is_empty() => Some(NO_SCOPES.into()),
        _ => None,
    }
}
