//! Events and counters. They never contain a token.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::panic::Location;

use axum::extract::MatchedPath;
use axum::http::Uri;
use axum::http::request::Parts;
use hmac_sha256::Hash;
use tracing::field::{self, DebugValue};

use super::AuthError;
use super::bearer::OtherCredentials;
use super::challenge::{ChallengeConfig, RefusalTemplate};
use super::refusal_cause;
use crate::scope::{RequiredScope, Requirements, list};
use crate::shown_text::cut;
use crate::token::AccessToken;

const TARGET: &str = "scopes_runtime::refused";

/// Where a request was refused.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// The check of the operation, or of an extractor, of this request.
    Operation(&'a Parts),
    /// The code of a handler.
    Code(&'static Location<'static>),
}

impl Place<'_> {
    fn method(&self) -> Option<&str> {
        if let Self::Operation(parts) = self { Some(parts.method.as_str()) } else { None }
    }

    /// Returns the path of the route, with its parameters and not with their values.
    fn route(&self) -> Option<&str> {
        let Self::Operation(parts) = self else { return None };
        parts.extensions.get().map(MatchedPath::as_str)
    }

    fn location(&self) -> Option<&Location<'_>> {
        if let Self::Code(location) = self { Some(location) } else { None }
    }
}

/// Emits one event and counts one refusal. `cause` is why the token is missing, invalid or refused by the
/// application. Without one, the event of a valid token has the result of [`refusal_cause::of`].
pub(super) fn refused(
    error: &AuthError,
    config: &ChallengeConfig,
    required: &Requirements,
    token: Option<&AccessToken>,
    cause: Option<&(dyn Error + 'static)>,
    place: Place<'_>,
) {
    let reason = error.reason();
    #[cfg(feature = "metrics")]
    count_refusal(reason, place.route());
    // `Debug` escapes text of others: claims, and causes that a decoder may have taken from the token.
    macro_rules! emit {
        ($level:ident) => {
            if tracing::enabled!(target: TARGET, tracing::Level::$level) {
                // For a whole operation, this is the template of the refusal. A part has its own.
                let template = config.refusal_for(required, None);
                let missing = token.map(|token| template.missing(token.scopes())).unwrap_or_default();
                tracing::event!(
                    target: TARGET,
                    tracing::Level::$level,
                    reason,
                    method = place.method().map(cut).as_deref(),
                    route = place.route().map(cut).as_deref(),
                    location = place.location().map(field::display),
                    required = &*cut(&template.required),
                    missing = (!missing.is_empty()).then(|| list(&missing)).as_deref().map(cut).as_deref(),
                    issuer = token.and_then(AccessToken::issuer).map(shown),
                    client_id = token.and_then(AccessToken::client_id).map(shown),
                    jti_hash = token.and_then(AccessToken::id).map(hash),
                    acr = token.and_then(AccessToken::acr).map(shown),
                    cause = cause_of(error, required, &template, &missing, token, cause).as_deref().map(shown),
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

/// Returns the cause that is given, or else why a valid token is insufficient.
fn cause_of(
    error: &AuthError,
    required: &Requirements,
    template: &RefusalTemplate,
    missing: &[RequiredScope],
    token: Option<&AccessToken>,
    cause: Option<&(dyn Error + 'static)>,
) -> Option<Cow<'static, str>> {
    match cause {
        Some(cause) => Some(cause.to_string().into()),
        None => refusal_cause::of(error.refusal_reason()?, required, template, missing, token?),
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

/// Counts a refusal. The number of routes is fixed, so clients cannot add values of the label.
#[cfg(feature = "metrics")]
fn count_refusal(reason: &'static str, route: Option<&str>) {
    let refusals = match route {
        Some(route) => {
            metrics::counter!("scopes_refusals_total", "reason" => reason, "route" => route.to_owned())
        }
        None => metrics::counter!("scopes_refusals_total", "reason" => reason),
    };
    refusals.increment(1);
}

/// Counts an authorized request.
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
