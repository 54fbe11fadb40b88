use std::collections::HashSet;

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use crate::token::fetch::FetchError;
use crate::token::json;
use crate::token::jwt::key::VerificationKey;

/// Far more than any issuer has, so that trying all of them costs little.
const MAX_KEYS: usize = 64;

/// The keys of a JWK set (RFC 7517 section 5) that may verify access tokens. What cannot be used is left out, and spoils
/// nothing else: a key of an unknown type, one for encryption, a secret or private one (nobody may publish these, so
/// whoever knows them could sign), and keys that a token cannot tell apart.
pub(super) fn usable(set: &Map<String, Value>, rsa: Algorithm) -> Result<Vec<VerificationKey>, FetchError> {
    let Some(Value::Array(jwks)) = set.get("keys") else {
        return Err(FetchError::Malformed("the key set has no array `keys`".to_owned()));
    };
    if jwks.len() > MAX_KEYS {
        return Err(FetchError::Malformed(format!("the key set has more than {MAX_KEYS} keys")));
    }
    // One that stands there twice is one key, and those without a `kid` are all tried.
    let distinct = jwks.iter().enumerate().filter(|(at, jwk)| !jwks[..*at].contains(jwk));
    let keys: Vec<_> = distinct.filter_map(|(_, jwk)| key(jwk, rsa)).collect();
    let mut seen = HashSet::new();
    let named = keys.iter().filter(|key| key.kid().is_some()).map(name);
    let ambiguous: HashSet<_> = named.filter(|name| !seen.insert(name.clone())).collect();
    if !ambiguous.is_empty() {
        tracing::warn!(keys = ?ambiguous, "several keys of an issuer have one `kid`; none of them is used");
    }
    Ok(keys.into_iter().filter(|key| !ambiguous.contains(&name(key))).collect())
}

/// The usable keys of a text. Where there is an issuer nobody asks for them here; this is how tests read many sets.
pub fn usable_keys(text: &[u8]) -> Option<Vec<VerificationKey>> {
    usable(&json::object(text).ok()?, Algorithm::RS256).ok()
}

fn name(key: &VerificationKey) -> (Option<String>, Algorithm) {
    (key.kid().map(str::to_owned), key.algorithm())
}

fn key(jwk: &Value, rsa: Algorithm) -> Option<VerificationKey> {
    let kid = jwk.get("kid").and_then(Value::as_str);
    if jwk.get("kty").is_some_and(|kty| kty == "oct") {
        tracing::warn!(kid, "an issuer publishes a secret; it is not used");
        return None;
    }
    let text = jwk.to_string();
    let is_unspecific_rsa = jwk.get("kty").is_some_and(|kty| kty == "RSA") && jwk.get("alg").is_none();
    let key = match is_unspecific_rsa {
        true => VerificationKey::from_jwk_for(rsa, text),
        false => VerificationKey::from_jwk(text),
    };
    key.inspect_err(
        |error| tracing::debug!(kid, error = ?error.to_string(), "a key of an issuer is not used"),
    )
    .ok()
}
