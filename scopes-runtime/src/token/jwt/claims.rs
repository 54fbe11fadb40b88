use std::time::{Duration, SystemTime};

use super::token_profile::TokenProfile;
use crate::token::DecodeError;
use crate::token::claims::{
    another_issuer, check_audience, check_no_id_token, check_time, check_unbound, required,
};
use crate::token::configured_url::ConfiguredUrl;
use crate::token::json::Object;

/// The claims that a token must have (RFC 9068 section 4, RFC 7519 section 4.1).
///
/// jsonwebtoken is not used for these checks: it accepts an array for `iss` and an `exp` of the current second, and reports an
/// `exp` of another type as malformed JSON.
#[derive(Clone, Debug)]
pub(super) struct ClaimChecks {
    pub(super) issuer: ConfiguredUrl,
    pub(super) audiences: Box<[String]>,
    pub(super) leeway: Duration,
    /// Whether a token may have `cnf`. The resource server then checks the sender.
    pub(super) allows_bound_tokens: bool,
    pub(super) profile: TokenProfile,
}

impl ClaimChecks {
    pub(super) fn check(&self, claims: &Object<'_>, now: SystemTime) -> Result<(), DecodeError> {
        required(claims, "exp")?;
        check_time(claims, now, self.leeway)?;
        let iss = required(claims, "iss")?;
        if iss.as_str() != Some(&*self.issuer) {
            return Err(another_issuer(iss, &self.issuer));
        }
        let audience = &*self.profile.audience_claim;
        check_audience(required(claims, audience)?, audience, &self.audiences)?;
        // A profile may read the audience from another claim. It never replaces the check of `aud`.
        if let Some(aud) = claims.get("aud") {
            check_audience(aud, "aud", &self.audiences)?;
        }
        self.profile.check_kind(claims)?;
        if !self.allows_bound_tokens {
            check_unbound(claims)?;
        }
        check_no_id_token(claims)
    }
}
