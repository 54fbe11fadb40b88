//! Compares a requirement with the outcome for a request's credentials: no rendering, and no I/O but the clock for `max_age`.

use std::time::Duration;

use super::authentication_schemes::Scheme;
use super::refusal_reason::RefusalReason;
use super::token_outcome::TokenOutcome;
use crate::scope::{ParameterValues, Requirements};
#[cfg(feature = "bound-tokens")]
use crate::token::DpopRefusal;
use crate::token::{AccessToken, DecodeError};

/// Why a request is not authorized. The outcome has the cause, except that of a valid token.
#[derive(Clone, Copy, Debug)]
pub(super) enum Denial {
    Refused(RefusalReason),
    Unavailable { retry_after: Duration },
}

/// Returns the token if it satisfies the requirement, with these values of the scopes' parameters.
pub(super) fn evaluate<'a>(
    required: &Requirements,
    values: &(impl ParameterValues + ?Sized),
    outcome: &'a TokenOutcome,
) -> Result<&'a AccessToken, Denial> {
    let reason = match outcome {
        TokenOutcome::Valid(token) => match insufficiency(required, values, token) {
            None => return Ok(token),
            Some(reason) => reason,
        },
        TokenOutcome::Missing(_) => RefusalReason::MissingToken,
        TokenOutcome::Malformed(..) => RefusalReason::InvalidRequest,
        TokenOutcome::Rejected(error) => return Err(denial_of(error)),
        #[cfg(feature = "bound-tokens")]
        TokenOutcome::RejectedDpop(refusal) => match &**refusal {
            DpopRefusal::InvalidProof(_) => RefusalReason::InvalidDpopProof,
            DpopRefusal::UseNonce => RefusalReason::UseDpopNonce,
            DpopRefusal::Token(error) => return Err(denial_of(error)),
        },
    };
    Err(Denial::Refused(reason))
}

fn denial_of(error: &DecodeError) -> Denial {
    match error {
        DecodeError::Invalid(_) => Denial::Refused(RefusalReason::InvalidToken),
        DecodeError::Unavailable { retry_after, .. } => Denial::Unavailable { retry_after: *retry_after },
    }
}

/// Returns whether a valid token satisfies the requirements, with their own values of parameters.
#[cfg(feature = "mcp")]
pub(crate) fn is_sufficient(token: &AccessToken, required: &Requirements) -> bool {
    insufficiency(required, required.values(), token).is_none()
}

/// Returns what a valid token lacks: the binding to a key, then scopes, then the user's authentication. The server has
/// verified the proof of each token with the scheme `DPoP`.
pub(super) fn insufficiency(
    required: &Requirements,
    values: &(impl ParameterValues + ?Sized),
    token: &AccessToken,
) -> Option<RefusalReason> {
    // Most extractors require nothing more than a valid token.
    if required.is_empty() {
        None
    } else if required.requires_dpop() && Scheme::of(token) != Scheme::Dpop {
        Some(RefusalReason::UnboundToken)
    } else if !required.is_met_by(token.scopes(), values) {
        Some(RefusalReason::InsufficientScope)
    } else if required.requires_authentication() && !required.accepts_authentication(token.authenticated()) {
        Some(RefusalReason::InsufficientUserAuthentication)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Map, Value, json};

    use super::*;
    use crate::http::bearer::HeaderError;
    use crate::scope::{DeclaredScope, GrantedScopes, Requirement};

    static ITEMS: DeclaredScope = DeclaredScope::new("items", 0, "Read items.", &[], &["items:write"]);
    static ME: DeclaredScope = DeclaredScope::new("me", 0, "Read the current user.", &[], &[]);

    fn valid(scopes: &str, claims: Value) -> TokenOutcome {
        let claims: Map<String, Value> = claims.as_object().cloned().expect("an object");
        TokenOutcome::Valid(AccessToken::new(claims, GrantedScopes::from_list(scopes)).expect("valid claims"))
    }

    fn reason(required: Requirement, outcome: &TokenOutcome) -> Option<RefusalReason> {
        match evaluate(&required.into(), &(), outcome) {
            Ok(_) => None,
            Err(Denial::Refused(reason)) => Some(reason),
            Err(Denial::Unavailable { .. }) => panic!("a decision was possible"),
        }
    }

    #[test]
    fn a_token_with_the_scopes_is_accepted() {
        const PARTS: &[Requirement] = &[Requirement::scope(&ITEMS), Requirement::scope(&ME)];
        const BOTH: Requirement = Requirement::all(PARTS);
        assert_eq!(reason(BOTH, &valid("items me", json!({}))), None);
        assert_eq!(reason(BOTH, &valid("items:write me", json!({}))), None);
        assert_eq!(reason(BOTH, &valid("me", json!({}))), Some(RefusalReason::InsufficientScope));
        assert_eq!(reason(Requirement::ANY_VALID_TOKEN, &valid("", json!({}))), None);
    }

    #[test]
    fn a_missing_scope_comes_before_the_authentication_of_the_user() {
        const PARTS: &[Requirement] =
            &[Requirement::scope(&ITEMS), Requirement::authentication(&["mfa"], None)];
        const MFA: Requirement = Requirement::all(PARTS);
        assert_eq!(reason(MFA, &valid("me", json!({}))), Some(RefusalReason::InsufficientScope));
        let other = valid("items", json!({ "acr": "pwd" }));
        assert_eq!(reason(MFA, &other), Some(RefusalReason::InsufficientUserAuthentication));
        assert_eq!(reason(MFA, &valid("items", json!({ "acr": "mfa" }))), None);
    }

    #[test]
    fn a_parameter_has_its_value() {
        static ORG: DeclaredScope = DeclaredScope::new("org:{org}:read", 0, "Read.", &[], &["org:read"]);
        let required = Requirements::from(Requirement::scope(&ORG));
        let is_met = |scopes: &str, values: &[(&str, &str)]| {
            required.is_met_by(&GrantedScopes::from_list(scopes), values)
        };
        assert!(is_met("org:acme:read", &[("org", "acme")]));
        assert!(!is_met("org:acme:read", &[("org", "other")]));
        assert!(!is_met("org:{org}:read org::read", &[("org", "")]));
        assert!(is_met("org:read", &[("org", "a b")]));
        assert!(!is_met("org:read org:{org}:read", &[]));
    }

    #[test]
    fn without_a_valid_token_nothing_is_accepted() {
        let rejected = |error| TokenOutcome::Rejected(Arc::new(error));
        let cases = [
            (TokenOutcome::Missing(None), RefusalReason::MissingToken),
            (TokenOutcome::Malformed(Scheme::Bearer, HeaderError::NoToken), RefusalReason::InvalidRequest),
            (rejected(DecodeError::invalid("forged")), RefusalReason::InvalidToken),
        ];
        for (outcome, expected) in cases {
            assert_eq!(reason(Requirement::ANY_VALID_TOKEN, &outcome), Some(expected));
        }
        let unavailable = rejected(DecodeError::unavailable(Duration::from_secs(3), "no keys"));
        let denial =
            evaluate(&Requirement::ANY_VALID_TOKEN.into(), &(), &unavailable).expect_err("no decision");
        assert!(matches!(denial, Denial::Unavailable { retry_after } if retry_after.as_secs() == 3));
    }
}
