//! Checks of claims that apply to JWTs and to introspection responses (RFC 7519 section 4.1, RFC 7662 section 2.2).

use std::slice;
use std::time::{Duration, SystemTime};

use super::content::numeric_date;
use super::error::DecodeError;
use super::json::{Object, Value};
use crate::shown_text::{cut, escaped, quoted};
use crate::whole_seconds::whole_seconds;

/// Returns the claim, or the error of a missing one.
pub(super) fn required<'a>(claims: &'a Object<'_>, name: &str) -> Result<&'a Value<'a>, DecodeError> {
    claims.get(name).ok_or_else(|| DecodeError::invalid(format!("the claim `{name}` is missing")))
}

/// Checks `exp` and `nbf`, and the type of `iat`, each if present.
pub(super) fn check_time(claims: &Object<'_>, now: SystemTime, leeway: Duration) -> Result<(), DecodeError> {
    if let Some(exp) = claims.get("exp") {
        check_expiry(numeric_date("exp", exp)?, now, leeway)?;
    }
    if let Some(nbf) = claims.get("nbf")
        && let Ok(early) = numeric_date("nbf", nbf)?.duration_since(now)
        && early > leeway
    {
        let (seconds, leeway) = (whole_seconds(early), shown_leeway(leeway));
        let reason = format!("it is not valid yet: the claim `nbf` is {seconds} s in the future{leeway}");
        return Err(DecodeError::invalid(reason));
    }
    if claims.get("iat").is_some_and(|iat| !iat.is_number()) {
        return Err(DecodeError::invalid("the claim `iat` is not a number"));
    }
    Ok(())
}

/// Checks that this `exp` has not passed.
pub(super) fn check_expiry(exp: SystemTime, now: SystemTime, leeway: Duration) -> Result<(), DecodeError> {
    match now.duration_since(exp) {
        Ok(late) if late >= leeway => {
            let (seconds, leeway) = (whole_seconds(late), shown_leeway(leeway));
            let reason = format!("it has expired: the claim `exp` was {seconds} s ago{leeway}");
            Err(DecodeError::invalid(reason))
        }
        _ => Ok(()),
    }
}

fn shown_leeway(leeway: Duration) -> String {
    if leeway.is_zero() { String::new() } else { format!(", and the leeway is {} s", leeway.as_secs_f64()) }
}

/// Returns the error for a token of another issuer. It shows both issuers, because a slash at the end is easy to miss.
pub(super) fn another_issuer(iss: &Value<'_>, configured: &str) -> DecodeError {
    let found = iss.as_str().map_or_else(|| "no string".to_owned(), quoted);
    let reason = format!("the claim `iss` is not `{configured}`, the issuer that is configured, but {found}");
    DecodeError::invalid(reason)
}

/// Returns the error for a token whose `iss` is not a configured issuer.
pub(super) fn unknown_issuer<'a>(iss: &str, configured: impl Iterator<Item = &'a str>) -> DecodeError {
    let configured = configured.collect::<Vec<_>>().join("`, `");
    let reason = format!(
        "the claim `iss` is not one of the configured issuers: `{configured}`; it is {}",
        quoted(iss)
    );
    DecodeError::invalid(reason)
}

/// Quotes the first four strings of an audience.
fn quoted_list(named: &[Value<'_>]) -> String {
    let strings: Vec<_> = named.iter().take(4).filter_map(Value::as_str).map(escaped).collect();
    format!("`{}`", cut(&strings.join("`, `")))
}

/// Checks that the claim is one of the audiences, or an array of strings that contains one.
pub(super) fn check_audience(claim: &Value<'_>, name: &str, audiences: &[String]) -> Result<(), DecodeError> {
    let named = claim.as_array().unwrap_or(slice::from_ref(claim));
    if !named.iter().all(Value::is_string) {
        return Err(DecodeError::invalid(format!(
            "the claim `{name}` is neither a string nor an array of strings"
        )));
    }
    if !named.iter().any(|named| audiences.iter().any(|audience| named == audience.as_str())) {
        return Err(DecodeError::invalid(format!(
            "the claim `{name}` names none of the audiences that are configured: `{}`; it names {}",
            audiences.join("`, `"),
            quoted_list(named)
        )));
    }
    Ok(())
}

/// Refuses a sender-constrained token: without a proof it is not a bearer token (RFC 9449 section 7.2, RFC 8705 section 3).
pub(super) fn check_unbound(claims: &Object<'_>) -> Result<(), DecodeError> {
    if claims.contains_key("cnf") {
        return Err(DecodeError::invalid(
            "the claim `cnf` binds the token to a sender, and the decoder refuses such tokens (`allow_bound_tokens` of its \
             builder accepts them)",
        ));
    }
    Ok(())
}

/// Refuses a token with a claim that only ID tokens have (OpenID Connect Core sections 2 and 3.1.3.6).
pub(super) fn check_no_id_token(claims: &Object<'_>) -> Result<(), DecodeError> {
    for name in ["nonce", "at_hash"] {
        if claims.contains_key(name) {
            return Err(DecodeError::invalid(format!(
                "the claim `{name}` shows an ID token, not an access token"
            )));
        }
    }
    Ok(())
}
