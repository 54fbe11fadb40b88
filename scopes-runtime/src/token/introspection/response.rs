use std::time::{Duration, SystemTime};

use crate::token::claims::{
    another_issuer, check_audience, check_no_id_token, check_time, check_unbound, required,
};
use crate::token::configured_url::ConfiguredUrl;
use crate::token::content::ClaimsSource;
use crate::token::grantable::GrantableScopes;
use crate::token::json::{Object, Value};
use crate::token::{AccessToken, DecodeError, ScopeClaim};

/// The checks of an introspection response (RFC 7662 section 2.2).
///
/// `active: true` is necessary and not sufficient: RFC 7662 section 4 leaves to the resource server whether the token is for
/// it, and refresh tokens and ID tokens are active too.
#[derive(Clone, Debug)]
pub(super) struct ResponseChecks {
    pub(super) issuer: Option<ConfiguredUrl>,
    pub(super) audiences: Box<[String]>,
    pub(super) scopes: ScopeClaim,
    pub(super) grantable: GrantableScopes,
    pub(super) allows_missing_audience: bool,
    pub(super) allows_missing_token_type: bool,
    /// Whether a token may have `cnf`. The resource server then checks the sender.
    pub(super) allows_bound_tokens: bool,
}

impl ResponseChecks {
    /// Returns the token of a response with this JSON text. `issuer` identifies the issuer in telemetry.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] if the token is not active, or one of the checks fails.
    pub(super) fn read(
        &self,
        response: &Object<'_>,
        text: &[u8],
        issuer: &str,
    ) -> Result<AccessToken, DecodeError> {
        if response.get("active").and_then(Value::as_bool) != Some(true) {
            return Err(DecodeError::invalid("the response has `active: false`"));
        }
        self.check_kind(response)?;
        check_time(response, SystemTime::now(), Duration::ZERO)?;
        if let (Some(iss), Some(issuer)) = (response.get("iss"), &self.issuer)
            && iss != &**issuer
        {
            return Err(another_issuer(iss, issuer));
        }
        if response.contains_key("aud") || !self.allows_missing_audience {
            check_audience(required(response, "aud")?, "aud", &self.audiences)?;
        }
        if !self.allows_bound_tokens {
            check_unbound(response)?;
        }
        let scopes = self.grantable.restrict(self.scopes.read(response)?, issuer);
        AccessToken::from_claims(ClaimsSource::Json(text.into()), response, scopes, "client_id")
    }

    /// Checks that the token is an access token.
    fn check_kind(&self, response: &Object<'_>) -> Result<(), DecodeError> {
        match response.get("token_type") {
            None if self.allows_missing_token_type => {}
            None => {
                return Err(DecodeError::invalid(
                    "the response has no `token_type`, so it may be a refresh token (`allow_missing_token_type` accepts it)",
                ));
            }
            Some(Value::String(kind)) if kind.eq_ignore_ascii_case("Bearer") => {}
            // RFC 9449 section 5.
            Some(Value::String(kind)) if self.allows_bound_tokens && kind.eq_ignore_ascii_case("DPoP") => {
                let key = response.get("cnf").and_then(Value::as_object).and_then(|cnf| cnf.get("jkt"));
                if key.is_none() {
                    return Err(DecodeError::invalid("the `token_type` is `DPoP`, but `cnf` has no `jkt`"));
                }
            }
            Some(_) => return Err(DecodeError::invalid("the `token_type` is not `Bearer`")),
        }
        // Claims of products, in addition to those of RFC 7662.
        for (name, kinds) in [("token_use", ["access", "access_token"]), ("typ", ["Bearer", "at+jwt"])] {
            let is_access = |claim: &Value<'_>| kinds.iter().any(|kind| claim == *kind);
            if !response.get(name).is_none_or(is_access) {
                return Err(DecodeError::invalid(format!(
                    "the claim `{name}` is that of another kind of token"
                )));
            }
        }
        check_no_id_token(response)
    }
}
