use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::IntrospectionDecoder;
use crate::token::claims::{check_audience, check_no_id_token, check_time, check_unbound, required};
use crate::token::{AccessToken, DecodeError};

impl IntrospectionDecoder {
    /// What the issuer's answer says of a token (RFC 7662 section 2.2). Nothing beside `active: true` lets one in, and that
    /// not alone: section 4 leaves it to the resource server whether the token is meant for it.
    pub(super) fn read(&self, answer: Map<String, Value>) -> Result<AccessToken, DecodeError> {
        match answer.get("active") {
            Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => {
                return Err(DecodeError::invalid("the issuer says that it is not active"));
            }
            _ => return Err(self.unavailable("the answer does not say whether the token is active")),
        }
        self.check_kind(&answer)?;
        check_time(&answer, SystemTime::now(), Duration::ZERO)?;
        if let (Some(said), Some(issuer)) = (answer.get("iss"), &self.issuer)
            && said != issuer
        {
            return Err(DecodeError::invalid("the claim `iss` is not the issuer that is configured"));
        }
        if answer.contains_key("aud") || !self.allows_missing_audience {
            check_audience(required(&answer, "aud")?, "aud", &self.audiences)?;
        }
        check_unbound(&answer)?;
        let issuer = self.issuer.as_deref().unwrap_or_else(|| self.endpoint.first().as_str());
        let scopes = self.grantable.restrict(self.scopes.read(&answer)?, issuer);
        AccessToken::new(answer, scopes)
    }

    /// A refresh token and an ID token are active too, and are no access tokens.
    fn check_kind(&self, answer: &Map<String, Value>) -> Result<(), DecodeError> {
        match answer.get("token_type") {
            None if self.allows_missing_token_type => check_other_kinds(answer),
            None => Err(DecodeError::invalid(
                "the answer has no `token_type`, so it may be a refresh token (`allow_missing_token_type` does without)",
            )),
            Some(Value::String(kind)) if kind.eq_ignore_ascii_case("Bearer") => check_other_kinds(answer),
            Some(_) => Err(DecodeError::invalid("the `token_type` is not `Bearer`")),
        }
    }
}

/// What products say of the kind of a token, beside what RFC 7662 has.
fn check_other_kinds(answer: &Map<String, Value>) -> Result<(), DecodeError> {
    for (name, kinds) in [("token_use", ["access", "access_token"]), ("typ", ["Bearer", "at+jwt"])] {
        let is_access = |claim: &Value| kinds.iter().any(|kind| claim == kind);
        if !answer.get(name).is_none_or(is_access) {
            return Err(DecodeError::invalid(format!("the claim `{name}` is that of another kind of token")));
        }
    }
    check_no_id_token(answer)
}
