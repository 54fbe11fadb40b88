//! JWK sets and JWKs: a set's keys are those that can be read by themselves and told apart, and a key that was read never
//! verifies a signature of nobody.

use futures_util::FutureExt as _;
use scopes_runtime::__private::usable_keys;
use scopes_runtime::{Algorithm, JwtDecoder, KeyError, TokenDecoder as _, VerificationKey};
use serde_json::Value;

use super::json;

const MAX_KEYS: usize = 64;
/// Verifying costs more than reading, and keys do not know of each other.
const TRIED: usize = 2;

/// Whether a key was read.
///
/// # Panics
///
/// The set is read otherwise than key by key, or a key verifies a signature that it has not made.
pub fn holds(input: &[u8]) -> bool {
    let single = VerificationKey::from_jwk(input);
    if let Ok(key) = &single {
        check_jwk(input, key);
    }
    let keys = usable_keys(input);
    let expected = json::object(input).and_then(|set| usable(set.get("keys")?));
    let shown = |keys: &[VerificationKey]| keys.iter().map(|key| format!("{key:?}")).collect::<Vec<_>>();
    assert_eq!(keys.as_deref().map(shown), expected);
    assert!(keys.is_none() || matches!(single, Err(KeyError::JwkSet)));
    let keys = keys.into_iter().flatten().chain(single);
    keys.take(TRIED).map(check_forgeries).count() > 0
}

/// As [`Debug`](std::fmt::Debug) shows them: each by its algorithm and `kid`.
fn usable(keys: &Value) -> Option<Vec<String>> {
    let jwks = keys.as_array().filter(|jwks| jwks.len() <= MAX_KEYS)?;
    let mut distinct: Vec<&Value> = Vec::new();
    for jwk in jwks {
        if !distinct.contains(&jwk) {
            distinct.push(jwk);
        }
    }
    let shown = distinct.into_iter().filter(|jwk| jwk["kty"] != "oct").filter_map(|jwk| {
        let text = jwk.to_string();
        let key = match (jwk["kty"].as_str(), jwk.get("alg")) {
            (Some("RSA"), None) => VerificationKey::from_jwk_for(Algorithm::RS256, text),
            _ => VerificationKey::from_jwk(text),
        };
        Some((jwk.get("kid").is_some(), format!("{:?}", key.ok()?)))
    });
    let shown: Vec<_> = shown.collect();
    let is_alone = |(has_kid, name): &&(bool, String)| {
        !has_kid || shown.iter().filter(|(_, other)| other == name).count() == 1
    };
    Some(shown.iter().filter(is_alone).map(|(_, name)| name.clone()).collect())
}

/// What a JWK has to be to verify signatures (RFC 7517 section 4).
fn check_jwk(text: &[u8], key: &VerificationKey) {
    let jwk = json::object(text).expect("a JWK is an object that repeats no name");
    assert!(!jwk.contains_key("keys"));
    assert!(jwk["kty"] == "oct" || !jwk.contains_key("d"), "a private key");
    assert!(jwk.get("use").is_none_or(|usage| usage == "sig"));
    let names = |operations: &Value| operations.as_array().is_some_and(|all| all.contains(&"verify".into()));
    assert!(jwk.get("key_ops").is_none_or(names));
    let shown = format!("{key:?}");
    let algorithm = match (jwk.get("alg"), jwk.get("crv")) {
        // RFC 9864 has a second name for it.
        (Some(alg), _) if alg == "Ed25519" => Some("EdDSA"),
        (Some(alg), _) => alg.as_str(),
        (None, Some(Value::String(curve))) => match &**curve {
            "P-256" => Some("ES256"),
            "P-384" => Some("ES384"),
            _ => Some("EdDSA"),
        },
        _ => None,
    };
    let algorithm = algorithm.expect("the JWK says what it is for");
    assert!(shown.starts_with(&format!("VerificationKey {{ algorithm: {algorithm}, ")), "{shown}");
}

fn check_forgeries(key: VerificationKey) {
    let shown = format!("{key:?}");
    let algorithm = shown.split([' ', ',']).nth(3).expect("`VerificationKey { algorithm: …, kid: … }`");
    let decoder = JwtDecoder::builder().issuer("i").audience("a").key(key);
    let decoder = decoder.build().expect("a complete decoder");
    let header = format!(r#"{{"alg":"{algorithm}","typ":"at+jwt"}}"#);
    let claims = r#"{"iss":"i","aud":"a","exp":4102444800}"#;
    for signature in [[0; 64].as_slice(), &[1; 64], &[1; 96], &[1; 256]] {
        let parts = [header.as_bytes(), claims.as_bytes(), signature];
        let token = parts.map(<base64ct::Base64UrlUnpadded as base64ct::Encoding>::encode_string).join(".");
        let decoded = decoder.decode(&token).now_or_never().expect("the key is there");
        assert!(decoded.is_err(), "{shown} verifies a signature of nobody");
    }
}
