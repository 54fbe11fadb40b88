use std::time::SystemTime;

use serde_json::{Map, Value};

use super::JwtDecoder;
use crate::token::DecodeError;
use crate::token::claims::{check_audience, check_time, check_unbound, required};

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
        required(claims, "exp")?;
        check_time(claims, now, self.leeway)?;
        if required(claims, "iss")?.as_str() != Some(&*self.issuer) {
            return Err(DecodeError::invalid("the claim `iss` is not the issuer that is configured"));
        }
        let audience = self.claims.audience;
        check_audience(required(claims, audience)?, audience, &self.audiences)?;
        self.claims.check_kind(claims)?;
        check_unbound(claims)?;
        for name in ["nonce", "at_hash"] {
            if claims.contains_key(name) {
                return Err(DecodeError::invalid(format!(
                    "the claim `{name}` shows an ID token, not an access token"
                )));
            }
        }
        Ok(())
    }
}
