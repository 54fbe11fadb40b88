//! JWKs: malformed ones, and their members `alg` and `kid`.

use scopes_runtime::{Algorithm, VerificationKey};
use serde_json::{Value, json};

use super::construction::refusal;
use super::issuer::{SECRET, base64url};
use super::keys::{jwk, pem};

const NOT_JWK: &str =
    "this is not a JWK: give a JSON object with the members of RFC 7517, none of them twice";

fn missing(member: &str) -> String {
    format!("the JWK's `{member}` is missing or malformed: give the JWK as the issuer publishes it")
}

#[test]
fn malformed_jwks_are_errors() {
    let with = |name: &str, value: Value| {
        let mut jwk = jwk(Algorithm::ES256);
        jwk[name] = value;
        jwk
    };
    VerificationKey::from_jwk(with("use", json!("sig")).to_string()).expect("a key for signatures");
    VerificationKey::from_jwk(with("key_ops", json!(["sign", "verify"])).to_string())
        .expect("a key that verifies");
    let usage = |name: &str| {
        format!(
            "the JWK's `{name}` does not allow verifying signatures: give the key that the issuer signs tokens with"
        )
    };
    let algorithm = |name: &str| {
        format!(
            "the JWK is for the algorithm `{name}`, which is not supported: give one for HS, RS or PS 256, 384 or \
             512, ES256, ES384, EdDSA or Ed25519"
        )
    };
    let private = "the JWK has `d`, so it is a private key, which is for the issuer alone: give the JWK that the \
                   issuer publishes";
    let set = "this is a JWK set: give one of its `keys` at a time";
    for (jwk, reason) in [
        (with("use", json!("enc")), usage("use")),
        (with("use", Value::Null), usage("use")),
        (with("key_ops", json!(["sign"])), usage("key_ops")),
        (with("key_ops", json!([])), usage("key_ops")),
        (with("key_ops", json!("verify")), usage("key_ops")),
        (with("alg", json!("ES512")), algorithm("ES512")),
        (with("alg", json!("ECDH-ES")), algorithm("ECDH-ES")),
        (with("alg", json!("none")), algorithm("none")),
        (with("alg", json!(5)), missing("alg")),
        (with("kid", json!(5)), missing("kid")),
        (with("kty", Value::Null), missing("kty")),
        (with("crv", Value::Null), missing("crv")),
        (with("x", Value::Null), missing("x")),
        (with("x", json!("")), missing("x")),
        (with("x", json!(base64url(&SECRET[..31]))), missing("x")),
        (with("y", json!(base64url(&SECRET[..33]))), missing("y")),
        (with("y", json!("not base64url")), missing("y")),
        (with("d", json!("AA")), private.to_owned()),
        (json!({ "keys": [jwk(Algorithm::ES256)] }), set.to_owned()),
        (json!({ "kty": "RSA", "e": "AQAB" }), missing("n")),
        (json!({ "kty": "oct" }), missing("k")),
        (json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(&SECRET[..31]) }), missing("x")),
        (json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(&SECRET[..33]) }), missing("x")),
        (json!([]), NOT_JWK.to_owned()),
        (json!({}), missing("kty")),
    ] {
        assert_eq!(refusal(VerificationKey::from_jwk(jwk.to_string())), reason, "{jwk}");
    }
    for text in ["", "{", pem!("rsa-public"), r#"{"kty":"oct","kty":"oct","k":"AA"}"#] {
        assert_eq!(refusal(VerificationKey::from_jwk(text)), NOT_JWK);
    }
}

#[test]
fn a_jwk_needs_alg_unless_its_type_has_one_algorithm() {
    let without = |algorithm| {
        let mut jwk = jwk(algorithm);
        jwk.as_object_mut().expect("an object").remove("alg").expect("an `alg`");
        jwk.to_string()
    };
    for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        VerificationKey::from_jwk(without(algorithm)).expect("a key that serves one algorithm");
    }
    for algorithm in [Algorithm::HS256, Algorithm::RS256] {
        assert_eq!(
            refusal(VerificationKey::from_jwk(without(algorithm))),
            "the JWK has no `alg`, and its type is for several algorithms: name the one that the issuer signs with, \
             using `from_jwk_for`"
        );
    }
    assert_eq!(
        refusal(VerificationKey::from_jwk_for(Algorithm::PS256, jwk(Algorithm::RS256).to_string())),
        "the JWK is for RS256, not for PS256: name the `alg` that it has, or give another key"
    );
}

#[test]
fn the_kid_of_a_jwk_can_be_replaced() {
    let mut jwk = jwk(Algorithm::ES256);
    jwk["kid"] = json!("from the JWK");
    let key = VerificationKey::from_jwk(jwk.to_string()).expect("a key");
    assert_eq!(format!("{key:?}"), r#"VerificationKey { algorithm: ES256, kid: Some("from the JWK"), .. }"#);
    let key = key.with_kid("another");
    assert_eq!(format!("{key:?}"), r#"VerificationKey { algorithm: ES256, kid: Some("another"), .. }"#);
}
