use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;
use spki::der::pem::{self, LineEnding};

use crate::VerificationKey;
use crate::token::install_crypto_provider;

/// PKCS#8 of a private key on P-256 (RFC 5208, RFC 5915), up to its scalar.
const PRIVATE: [u8; 35] =
    *b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\
    \x3d\x03\x01\x07\x04\x27\x30\x25\x02\x01\x01\x04\x20";
/// `SubjectPublicKeyInfo` of a key on P-256 (RFC 5480), up to its point.
const PUBLIC: [u8; 26] =
    *b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\
    \x07\x03\x42\x00";

/// A key for ES256, generated in memory.
pub(super) struct SigningKey {
    pub(super) kid: String,
    key: EncodingKey,
    /// The public key as a JWK.
    pub(super) jwk: Value,
}

impl SigningKey {
    pub(super) fn new(kid: String) -> Self {
        let mut number = [0; 32];
        getrandom::fill(&mut number).expect("the system has random numbers");
        // Neither zero nor above the order of the curve.
        number[0] &= 0x7f;
        number[31] |= 1;
        let key = EncodingKey::from_ec_der(&[&PRIVATE[..], &number].concat());
        install_crypto_provider();
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a private key on P-256");
        jwk.common.key_id = Some(kid.clone());
        let jwk = serde_json::to_value(jwk).expect("a JWK is JSON");
        Self { kid, key, jwk }
    }

    /// Returns the signature of the message in base64url.
    pub(super) fn sign(&self, message: &str) -> String {
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::ES256);
        signature.expect("a key for ES256")
    }

    pub(super) fn verification_key(&self) -> VerificationKey {
        VerificationKey::from_jwk(self.jwk.to_string()).expect("a public key for ES256")
    }

    /// Returns the public key as a point (SEC 1 section 2.3.3).
    pub(super) fn point(&self) -> Vec<u8> {
        let coordinate = |name: &str| {
            let text = self.jwk[name].as_str().expect("a coordinate");
            BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
        };
        [vec![4], coordinate("x"), coordinate("y")].concat()
    }

    /// Returns the public key as a `SubjectPublicKeyInfo`.
    pub(super) fn der(&self) -> Vec<u8> {
        [&PUBLIC[..], &self.point()].concat()
    }

    pub(super) fn pem(&self) -> String {
        pem::encode_string("PUBLIC KEY", LineEnding::LF, &self.der()).expect("PEM of a short document")
    }
}

/// Shows the `kid`, not the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
