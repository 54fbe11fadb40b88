//! Events and counters. They never contain a token.

use std::error::Error;
use std::fmt::Write as _;
use std::panic::Location;

use axum::http::Uri;
use hmac_sha256::Hash;
use tracing::field::{self, DebugValue};

use super::AuthError;
use super::bearer::OtherCredentials;
use super::challenge::ChallengeConfig;
use crate::scope::Requirements;
use crate::shown_text::cut;
use crate::token::AccessToken;

const TARGET: &str = "scopes_runtime::refused";

/// Emits one event and counts one refusal.
pub(super) fn refused(
    error: &AuthError,
    config: &ChallengeConfig,
    required: &Requirements,
    token: Option<&AccessToken>,
    cause: Option<&(dyn Error + 'static)>,
) {
    #[cfg(feature = "metrics")]
    refusals(error).increment(1);
    let reason = match error {
        AuthError::MissingToken(_) => "missing_token",
        AuthError::Unavailable(_) => "unavailable",
        other => other.code().unwrap_or_default(),
    };
    // `Debug` escapes text of others: claims, and causes that a decoder may have taken from the token.
    macro_rules! emit {
        ($level:ident) => {
            if tracing::enabled!(target: TARGET, tracing::Level::$level) {
                // For a whole operation, this is the template of the refusal. A part has its own.
                let template = config.refusal_for(required, None);
                tracing::event!(
                    target: TARGET,
                    tracing::Level::$level,
                    reason,
                    required = &*cut(&template.required),
                    missing = token.and_then(|token| template.missing(token.scopes())).as_deref().map(cut).as_deref(),
                    issuer = token.and_then(AccessToken::issuer).map(shown),
                    client_id = token.and_then(AccessToken::client_id).map(shown),
                    jti_hash = token.and_then(AccessToken::id).map(hash),
                    acr = token.and_then(AccessToken::acr).map(shown),
                    cause = cause.map(|cause| shown(&cause.to_string())),
                    "a request was refused"
                );
            }
        };
    }
    match error {
        AuthError::MissingToken(_) if !is_mistake(cause) => emit!(DEBUG),
        AuthError::Unavailable(_) => emit!(WARN),
        _ => emit!(INFO),
    }
}

/// Returns whether a request without a token has credentials that the client has sent by mistake. Those that browsers send by
/// themselves would fill the log.
fn is_mistake(cause: Option<&(dyn Error + 'static)>) -> bool {
    let other = cause.and_then(<dyn Error>::downcast_ref::<OtherCredentials>);
    other.is_some_and(|other| !other.are_of_browser())
}

/// Emits an event for a request whose route does not have exactly one value for a parameter of a required scope.
pub(super) fn missing_parameter(parameter: &str, uri: &Uri) {
    tracing::warn!(
        target: "scopes_runtime::missing_parameter",
        parameter,
        path = shown(uri.path()),
        "a request was refused because its route has no parameter, or several, for that of a required scope; give one \
         parameter of the path its name"
    );
}

/// Emits an event for a requirement in a handler that its attribute does not declare.
pub(super) fn undeclared(requirement: &Requirements, location: &Location<'_>) {
    tracing::warn!(
        target: "scopes_runtime::undeclared",
        %requirement,
        %location,
        "a handler requires what its attribute does not declare"
    );
}

/// A macro, because a label that is not a literal costs an allocation.
#[cfg(feature = "metrics")]
fn refusals(error: &AuthError) -> metrics::Counter {
    macro_rules! refusals {
        ($reason:literal) => {
            metrics::counter!("scopes_refusals_total", "reason" => $reason)
        };
    }
    match error {
        AuthError::MissingToken(_) => refusals!("missing_token"),
        AuthError::InvalidRequest(_) => refusals!("invalid_request"),
        AuthError::InvalidToken(_) => refusals!("invalid_token"),
        #[cfg(feature = "bound-tokens")]
        AuthError::InvalidDpopProof(_) => refusals!("invalid_dpop_proof"),
        #[cfg(feature = "bound-tokens")]
        AuthError::UseDpopNonce(_) => refusals!("use_dpop_nonce"),
        AuthError::InsufficientScope(_) => refusals!("insufficient_scope"),
        AuthError::InsufficientUserAuthentication(_) => refusals!("insufficient_user_authentication"),
        AuthError::Unavailable(_) => refusals!("unavailable"),
    }
}

/// Counts a request that reaches its handler or service.
#[cfg(feature = "metrics")]
pub(crate) fn count_admission() {
    metrics::counter!("scopes_admissions_total").increment(1);
}

/// Counts a token of a request.
#[cfg(feature = "metrics")]
pub(super) fn count_token(outcome: &'static str) {
    metrics::counter!("scopes_tokens_total", "outcome" => outcome).increment(1);
}

/// Returns the text escaped and cut.
fn shown(text: &str) -> DebugValue<String> {
    field::debug(cut(text).into_owned())
}

/// Returns the first 64 bits of the SHA-256 in hexadecimal: enough to find the token in the issuer's log, without its `jti`.
fn hash(jti: &str) -> String {
    Hash::hash(jti.as_bytes()).iter().take(8).fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}
