use std::slice;
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::JwtDecoder;
use crate::token::DecodeError;
use crate::token::access_token::moment;

impl JwtDecoder {
    /// The registered claims, as RFC 9068 section 4 and RFC 7519 section 4.1 have them.
    ///
    /// All of them here, none by jsonwebtoken: it takes an `iss` from an array, an `exp` of this very second,
    /// and an `exp` of a wrong type for malformed JSON.
    pub(super) fn check_claims(
        &self,
        claims: &Map<String, Value>,
        now: SystemTime,
    ) -> Result<(), DecodeError> {
        self.check_time(claims, now)?;
        if required(claims, "iss")?.as_str() != Some(&*self.issuer) {
            return Err(DecodeError::invalid("the claim `iss` is not the issuer that is configured"));
        }
        self.check_audience(claims)?;
        self.claims.check_kind(claims)?;
        if claims.contains_key("cnf") {
            return Err(DecodeError::invalid(
                "the claim `cnf` binds the token to a sender, so it is not a bearer token",
            ));
        }
        for name in ["nonce", "at_hash"] {
            if claims.contains_key(name) {
                return Err(DecodeError::invalid(format!(
                    "the claim `{name}` shows an ID token, not an access token"
                )));
            }
        }
        Ok(())
    }

    fn check_time(&self, claims: &Map<String, Value>, now: SystemTime) -> Result<(), DecodeError> {
        let exp = moment("exp", required(claims, "exp")?)?;
        if now.duration_since(exp).is_ok_and(|late| late >= self.leeway) {
            return Err(DecodeError::invalid("it has expired"));
        }
        if let Some(nbf) = claims.get("nbf") {
            let nbf = moment("nbf", nbf)?;
            if nbf.duration_since(now).is_ok_and(|early| early > self.leeway) {
                return Err(DecodeError::invalid("it is not valid yet: the claim `nbf` is in the future"));
            }
        }
        if claims.get("iat").is_some_and(|iat| !iat.is_number()) {
            return Err(DecodeError::invalid("the claim `iat` is not a number"));
        }
        Ok(())
    }

    fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), DecodeError> {
        let name = self.claims.audience;
        let claim = required(claims, name)?;
        let named = claim.as_array().map_or(slice::from_ref(claim), Vec::as_slice);
        if !named.iter().all(Value::is_string) {
            return Err(DecodeError::invalid(format!(
                "the claim `{name}` is neither a string nor an array of strings"
            )));
        }
        if !named.iter().any(|named| self.audiences.iter().any(|audience| named == audience)) {
            return Err(DecodeError::invalid(format!(
                "the claim `{name}` does not name the audience that is configured"
            )));
        }
        Ok(())
    }
}

fn required<'a>(claims: &'a Map<String, Value>, name: &str) -> Result<&'a Value, DecodeError> {
    claims.get(name).ok_or_else(|| DecodeError::invalid(format!("the claim `{name}` is missing")))
}
