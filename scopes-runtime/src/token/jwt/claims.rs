use std::time::SystemTime;

use serde_json::{Map, Value};

use super::JwtDecoder;
use crate::token::DecodeError;
use crate::token::claims::{check_audience, check_no_id_token, check_time, check_unbound, required};

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
        let audience = self.profile.audience;
        check_audience(required(claims, audience)?, audience, &self.audiences)?;
        if let Some(aud) = claims.get("aud") {
            check_audience(aud, "aud", &self.audiences)?;
        }
        self.profile.check_kind(claims)?;
        check_unbound(claims)?;
        check_no_id_token(claims)
    }
}
