use jsonwebtoken::{Algorithm, DecodingKey};

use super::error::KeyError;

/// Shortest RSA modulus (RFC 7518 section 3.3).
const MIN_RSA_BITS: usize = 2048;
/// Longest RSA modulus that the backend supports. It refuses every signature of a longer key.
const MAX_RSA_BITS: usize = if cfg!(feature = "aws-lc-rs") { 8192 } else { 4096 };

/// The content of a key, independent of its encoding.
pub(super) enum Material {
    Secret(Vec<u8>),
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A point in the encoding of SEC 1 section 2.3.3.
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519([u8; 32]),
}

impl Material {
    /// Returns the algorithm for this type of key, if there is only one.
    pub(super) fn only_algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Secret(_) | Self::Rsa { .. } => None,
            Self::P256(_) => Some(Algorithm::ES256),
            Self::P384(_) => Some(Algorithm::ES384),
            Self::Ed25519(_) => Some(Algorithm::EdDSA),
        }
    }

    /// Checks the key, and converts it for the backend.
    pub(super) fn into_key_for(self, algorithm: Algorithm) -> Result<DecodingKey, KeyError> {
        use Algorithm::*;
        match (algorithm, &self) {
            (HS256, Self::Secret(secret)) => secret_key(algorithm, secret, 32),
            (HS384, Self::Secret(secret)) => secret_key(algorithm, secret, 48),
            (HS512, Self::Secret(secret)) => secret_key(algorithm, secret, 64),
            (RS256 | RS384 | RS512 | PS256 | PS384 | PS512, Self::Rsa { modulus, exponent }) => {
                rsa_key(modulus, exponent)
            }
            (ES256, Self::P256(point)) => ec_key(algorithm, "P-256", point, 65),
            (ES384, Self::P384(point)) => ec_key(algorithm, "P-384", point, 97),
            (EdDSA, Self::Ed25519(key)) => ed25519_key(key),
            _ => Err(KeyError::AnotherAlgorithm {
                algorithm,
                needed: needed_by(algorithm),
                found: self.describe(),
            }),
        }
    }

    /// Returns the secret as a key of aws-lc, if the algorithm is an HMAC.
    #[cfg(feature = "aws-lc-rs")]
    pub(super) fn hmac_key(&self, algorithm: Algorithm) -> Option<aws_lc_rs::hmac::Key> {
        use aws_lc_rs::hmac::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key};
        let hash = match algorithm {
            Algorithm::HS256 => HMAC_SHA256,
            Algorithm::HS384 => HMAC_SHA384,
            Algorithm::HS512 => HMAC_SHA512,
            _ => return None,
        };
        match self {
            Self::Secret(secret) => Some(Key::new(hash, secret)),
            _ => None,
        }
    }

    fn describe(&self) -> &'static str {
        match self {
            Self::Secret(_) => "a shared secret",
            Self::Rsa { .. } => "an RSA public key",
            Self::P256(_) => "an EC public key on P-256",
            Self::P384(_) => "an EC public key on P-384",
            Self::Ed25519(_) => "an Ed25519 public key",
        }
    }
}

fn needed_by(algorithm: Algorithm) -> &'static str {
    use Algorithm::*;
    match algorithm {
        HS256 | HS384 | HS512 => "a shared secret",
        RS256 | RS384 | RS512 | PS256 | PS384 | PS512 => "an RSA public key",
        ES256 => "an EC public key on P-256",
        ES384 => "an EC public key on P-384",
        EdDSA => "an Ed25519 public key",
        _ => "a key of a type that is not supported",
    }
}

fn secret_key(algorithm: Algorithm, secret: &[u8], needed: usize) -> Result<DecodingKey, KeyError> {
    if secret.len() < needed {
        return Err(KeyError::ShortSecret { algorithm, needed, bytes: secret.len() });
    }
    Ok(DecodingKey::from_secret(secret))
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Result<DecodingKey, KeyError> {
    let modulus = without_leading_zeros(modulus);
    let exponent = without_leading_zeros(exponent);
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
        return Err(KeyError::RsaBits { bits, max: MAX_RSA_BITS });
    }
    // With an exponent of 1 every signature is trivial to forge. The backends support odd exponents of up to 33 bits.
    let value =
        exponent.iter().try_fold(0_u64, |value, byte| Some(value.checked_mul(256)? | u64::from(*byte)));
    if !value.is_some_and(|value| value % 2 == 1 && (3..1 << 33).contains(&value)) {
        return Err(KeyError::RsaExponent);
    }
    Ok(DecodingKey::from_rsa_raw_components(modulus, exponent))
}

fn ec_key(
    algorithm: Algorithm,
    curve: &'static str,
    point: &[u8],
    bytes: usize,
) -> Result<DecodingKey, KeyError> {
    const UNCOMPRESSED: u8 = 4;
    if point.len() != bytes || point[0] != UNCOMPRESSED {
        return Err(KeyError::EcPoint { curve, bytes });
    }
    let key = DecodingKey::from_ec_der(point);
    if !is_on_curve(algorithm, &key) {
        return Err(KeyError::EcPointOffCurve { curve });
    }
    Ok(key)
}

/// Returns whether the key is a point on its curve. jsonwebtoken's verifier is not used: its error for an invalid key is that
/// for an invalid signature.
#[cfg(feature = "aws-lc-rs")]
fn is_on_curve(algorithm: Algorithm, key: &DecodingKey) -> bool {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey};
    let verification = match algorithm {
        Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
        _ => &ECDSA_P384_SHA384_FIXED,
    };
    key.try_get_as_bytes().is_ok_and(|point| ParsedPublicKey::new(verification, point).is_ok())
}

/// Returns whether the key is a point on its curve. This backend parses the key when it creates the verifier.
#[cfg(not(feature = "aws-lc-rs"))]
fn is_on_curve(algorithm: Algorithm, key: &DecodingKey) -> bool {
    use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
    (DEFAULT_PROVIDER.verifier_factory)(&algorithm, key).is_ok()
}

fn ed25519_key(key: &[u8; 32]) -> Result<DecodingKey, KeyError> {
    let mut y = *key;
    // Without the sign of x: a point of small order has it either way.
    y[31] &= 0x7f;
    if SMALL_ORDER.contains(&y) {
        return Err(KeyError::Ed25519Point);
    }
    Ok(DecodingKey::from_ed_der(key))
}

/// The y coordinates of the points whose order divides the cofactor (RFC 8032 section 5.1), in every encoding. With such a key
/// a signature of zeros is valid for at least one message in eight.
const SMALL_ORDER: [[u8; 32]; 7] = [
    y(0x00, 0x00),
    y(0x01, 0x00),
    y(0xec, 0xff),
    y(0xed, 0xff),
    y(0xee, 0xff),
    *b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\
      \xb1\x38\x02\x88\x6d\x53\xfc\x05",
    *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\
      \x4e\xc7\xfd\x77\x92\xac\x03\x7a",
];

/// Returns a little-endian number of 255 bits from its lowest byte and the value of all other bytes.
const fn y(lowest: u8, others: u8) -> [u8; 32] {
    let mut y = [others; 32];
    y[0] = lowest;
    y[31] &= 0x7f;
    y
}

/// Removes leading zeros. aws-lc refuses every signature with them, and some issuers write the sign octet of DER into their
/// JWKs.
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
