//! The keys of `tests/keys` in every format.

use base64ct::{Base64, Encoding as _};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{AlgorithmFamily, EncodingKey};
use scopes_runtime::Algorithm;

pub(crate) const ALL: [Algorithm; 12] = [
    Algorithm::HS256,
    Algorithm::HS384,
    Algorithm::HS512,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Returns the text of a file in `tests/keys`.
macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/keys/", $name, ".pem"))
    };
}
pub(crate) use pem;

/// Returns the DER of a PEM document.
pub(crate) fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    Base64::decode_vec(&lines).expect("base64")
}

/// Returns the key that signs with the algorithm.
pub(crate) fn signing(algorithm: Algorithm) -> EncodingKey {
    match algorithm.family() {
        AlgorithmFamily::Hmac => EncodingKey::from_secret(&super::issuer::SECRET),
        AlgorithmFamily::Rsa => EncodingKey::from_rsa_der(&der(pem!("rsa"))),
        AlgorithmFamily::Ec if algorithm == Algorithm::ES256 => EncodingKey::from_ec_der(&der(pem!("p256"))),
        AlgorithmFamily::Ec => EncodingKey::from_ec_der(&der(pem!("p384"))),
        AlgorithmFamily::Ed => EncodingKey::from_ed_der(&der(pem!("ed25519"))),
    }
}

/// Returns the public key in PEM, or `None` for HMAC.
pub(crate) fn public_pem(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm.family() {
        AlgorithmFamily::Hmac => None,
        AlgorithmFamily::Rsa => Some(pem!("rsa-public")),
        AlgorithmFamily::Ec if algorithm == Algorithm::ES256 => Some(pem!("p256-public")),
        AlgorithmFamily::Ec => Some(pem!("p384-public")),
        AlgorithmFamily::Ed => Some(pem!("ed25519-public")),
    }
}

/// Returns the key as the JWK that jsonwebtoken writes, with `alg`.
pub(crate) fn jwk(algorithm: Algorithm) -> serde_json::Value {
    std::sync::LazyLock::force(&super::issuer::DECODER);
    let jwk = Jwk::from_encoding_key(&signing(algorithm), algorithm).expect("a key for the algorithm");
    serde_json::to_value(jwk).expect("JSON")
}
