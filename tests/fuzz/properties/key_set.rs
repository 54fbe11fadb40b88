//! JWK sets and JWKs: the keys of a set are those that can be read alone and have distinct `kid`s, and no key verifies a forged
//! signature.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use futures_util::FutureExt as _;
use scopes_runtime::__private::usable_keys;
use scopes_runtime::{Algorithm, JwtDecoder, KeyError, TokenDecoder as _, VerificationKey};
use serde_json::{Map, Value};

use super::json;

const MAX_KEYS: usize = 64;
/// The number of keys whose forged signatures are checked. Verifying is slow, and keys are independent.
const TRIED: usize = 2;

/// Reads a set and a JWK. Returns whether a key was read.
///
/// # Panics
///
/// Panics if the set has other keys than those that are read one by one, or if a key verifies a forged signature.
pub fn holds(input: &[u8]) -> bool {
    let single = VerificationKey::from_jwk(input);
    if let Ok(key) = &single {
        check_jwk(input, key);
    }
    let keys = usable_keys(input);
    let shown = |keys: &[VerificationKey]| keys.iter().map(|key| format!("{key:?}")).collect::<Vec<_>>();
    match &keys {
        Some(keys) => assert_eq!(shown(keys), usable(input)),
        None => assert!(!json::object(input).is_some_and(|set| set.get("keys").is_some_and(Value::is_array))),
    }
    let is_set = |error: &KeyError| matches!(error, KeyError::JwkSet | KeyError::NotJwk);
    assert!(keys.is_none() || single.as_ref().is_err_and(is_set));
    let keys = keys.into_iter().flatten().chain(single);
    keys.take(TRIED).map(check_forgeries).count() > 0
}

/// Returns the keys of a set as [`Debug`](std::fmt::Debug) shows them, with algorithm and `kid`. Each is read alone.
fn usable(set: &[u8]) -> Vec<String> {
    let set = set.strip_prefix("\u{feff}".as_bytes()).unwrap_or(set);
    let members = json::items(set).into_iter().map(json::member);
    let keys: Vec<_> = members.filter(|(name, _)| name == "keys").collect();
    assert_eq!(keys.len(), 1, "a set has `keys` once");
    let mut distinct: Vec<(bool, String, Material)> = Vec::new();
    for text in json::items(keys[0].1) {
        let Some(jwk) = json::object(text) else { continue };
        let is_of_another = jwk.get("issuer").is_some_and(|issuer| issuer != "");
        if jwk.get("kty") == Some(&"oct".into()) || is_of_another {
            continue;
        }
        let key = match (jwk.get("kty").and_then(Value::as_str), jwk.get("alg")) {
            (Some("RSA"), None) => VerificationKey::from_jwk_for(Algorithm::RS256, text),
            _ => VerificationKey::from_jwk(text),
        };
        let Ok(key) = key else { continue };
        let key = (jwk.contains_key("kid"), format!("{key:?}"), material(&jwk));
        if !distinct.contains(&key) {
            distinct.push(key);
        }
    }
    let is_alone = |(has_kid, name, _): &&(bool, String, Material)| {
        !has_kid || distinct.iter().filter(|(_, other, _)| other == name).count() == 1
    };
    distinct.iter().filter(is_alone).take(MAX_KEYS).map(|(_, name, _)| name.clone()).collect()
}

/// Returns the numbers of a public key, without leading zeros.
type Material = Vec<Vec<u8>>;

fn material(jwk: &Map<String, Value>) -> Material {
    let names = match jwk["kty"].as_str() {
        Some("RSA") => ["n", "e"].as_slice(),
        Some("EC") => &["x", "y"],
        _ => &["x"],
    };
    let number = |name: &&str| {
        let bytes = Base64UrlUnpadded::decode_vec(jwk[*name].as_str()?).ok()?;
        Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
    };
    names.iter().map(number).collect::<Option<_>>().expect("a key that was read has its numbers")
}

/// Checks that a JWK may verify signatures (RFC 7517 section 4).
fn check_jwk(text: &[u8], key: &VerificationKey) {
    let jwk = json::object(text).expect("a JWK is an object that repeats no name");
    assert!(!jwk.contains_key("keys"));
    assert!(jwk["kty"] == "oct" || !jwk.contains_key("d"), "a private key");
    assert!(jwk.get("use").is_none_or(|usage| usage == "sig"));
    let names = |operations: &Value| operations.as_array().is_some_and(|all| all.contains(&"verify".into()));
    assert!(jwk.get("key_ops").is_none_or(names));
    let shown = format!("{key:?}");
    let algorithm = match (jwk.get("alg"), jwk.get("crv")) {
        // RFC 9864 has a second name for `EdDSA`.
        (Some(alg), _) if alg == "Ed25519" => Some("EdDSA"),
        (Some(alg), _) => alg.as_str(),
        (None, Some(Value::String(curve))) => match &**curve {
            "P-256" => Some("ES256"),
            "P-384" => Some("ES384"),
            _ => Some("EdDSA"),
        },
        _ => None,
    };
    let algorithm = algorithm.expect("the JWK has one algorithm");
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
        let token = parts.map(Base64UrlUnpadded::encode_string).join(".");
        let decoded = decoder.decode(&token).now_or_never().expect("the key is there");
        assert!(decoded.is_err(), "{shown} verifies a forged signature");
    }
}
