//! Proofs of DPoP keys in token requests (RFC 9449 section 5).

use axum::http::HeaderMap;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use clap::ValueEnum;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, get_current_timestamp,
    jwk::{Jwk, ThumbprintHash},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

/// Which tokens are bound to DPoP keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DpopMode {
    /// None
    #[default]
    Off,
    /// Those of clients that send a proof
    Accepted,
    /// All; clients without a proof get no token
    Required,
}

/// The algorithms of proofs.
pub(crate) const ALGORITHMS: [Algorithm; 2] = [Algorithm::ES256, Algorithm::EdDSA];

/// How long a proof is accepted after its `iat`, in seconds.
const MAX_AGE: u64 = 60;
/// How far `iat` may be in the future, in seconds.
const MAX_EARLY: u64 = 10;

#[derive(Deserialize)]
struct ProofHeader {
    typ: String,
    alg: Algorithm,
    jwk: Map<String, Value>,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ProofClaims {
    jti: String,
    htm: String,
    htu: String,
    iat: u64,
}

/// Returns the thumbprint of the key whose proof is in the header `DPoP`. `None` if tokens are not bound, or there is no
/// header.
///
/// `jti` is not stored. A replay needs the password too, and its token is bound to the key of the first client.
///
/// # Errors
///
/// The check of RFC 9449 section 4.3 that failed.
pub(crate) fn proven_key(
    mode: DpopMode,
    headers: &HeaderMap,
    token_endpoint: &str,
) -> Result<Option<String>, &'static str> {
    let mut lines = headers.get_all("dpop").iter();
    let line = match (mode, lines.next()) {
        (DpopMode::Off, _) | (DpopMode::Accepted, None) => return Ok(None),
        (DpopMode::Required, None) => return Err("there is no header `DPoP`"),
        (_, Some(line)) => line,
    };
    if lines.next().is_some() {
        return Err("there are several headers `DPoP`");
    }
    let proof = line.to_str().map_err(|_| "it is not ASCII")?;
    let encoded = proof.split('.').next().unwrap_or_default();
    let header = BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| "it is not a JWT")?;
    let header: ProofHeader = serde_json::from_slice(&header)
        .map_err(|_| "its header lacks `typ`, `alg` or `jwk`, or one of them has the wrong type")?;
    if header.typ != "dpop+jwt" || header.crit.is_some() {
        return Err("its `typ` is not `dpop+jwt`, or it has `crit`");
    }
    if !ALGORITHMS.contains(&header.alg) {
        return Err("its `alg` is neither ES256 nor EdDSA");
    }
    if ["d", "k"].iter().any(|name| header.jwk.contains_key(*name)) {
        return Err("its `jwk` is not a public key");
    }
    let key: Jwk = serde_json::from_value(Value::Object(header.jwk)).map_err(|_| "its `jwk` is malformed")?;
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    let verified =
        DecodingKey::from_jwk(&key).and_then(|key| decode::<ProofClaims>(proof, &key, &validation));
    let claims = verified.map_err(|_| "its signature or a claim is invalid")?.claims;
    if claims.jti.is_empty() {
        return Err("its `jti` is empty");
    }
    if claims.htm != "POST" || claims.htu.split(['?', '#']).next() != Some(token_endpoint) {
        return Err("its `htm` or `htu` is not that of the token endpoint");
    }
    let now = get_current_timestamp();
    if !(now - MAX_AGE..=now + MAX_EARLY).contains(&claims.iat) {
        return Err("its `iat` is not the current time");
    }
    key.thumbprint(ThumbprintHash::SHA256).map(Some).map_err(|_| "its `jwk` is malformed")
}
