use jsonwebtoken::{Algorithm, DecodingKey};

use super::KeyError;

/// RFC 7518 section 3.3.
const MIN_RSA_BITS: usize = 2048;
/// What the backend verifies with; it would refuse every signature of a longer key.
const MAX_RSA_BITS: usize = if cfg!(feature = "aws-lc-rs") { 8192 } else { 4096 };

/// A key, out of whatever it was written in.
pub(super) enum Material {
    Secret(Vec<u8>),
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A point as SEC 1 section 2.3.3 writes it.
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519([u8; 32]),
}

impl Material {
    /// The algorithm for this type of key, where there is just one.
    pub(super) fn only_algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Secret(_) | Self::Rsa { .. } => None,
            Self::P256(_) => Some(Algorithm::ES256),
            Self::P384(_) => Some(Algorithm::ES384),
            Self::Ed25519(_) => Some(Algorithm::EdDSA),
        }
    }

    pub(super) fn into_key_for(self, algorithm: Algorithm) -> Result<DecodingKey, KeyError> {
        use Algorithm::*;
        match (algorithm, &self) {
            (HS256, Self::Secret(secret)) => secret_key(algorithm, secret, 32),
            (HS384, Self::Secret(secret)) => secret_key(algorithm, secret, 48),
            (HS512, Self::Secret(secret)) => secret_key(algorithm, secret, 64),
            (RS256 | RS384 | RS512 | PS256 | PS384 | PS512, Self::Rsa { modulus, exponent }) => {
                rsa_key(modulus, exponent)
            }
            (ES256, Self::P256(point)) => ec_key("P-256", point, 65),
            (ES384, Self::P384(point)) => ec_key("P-384", point, 97),
            (EdDSA, Self::Ed25519(key)) => Ok(DecodingKey::from_ed_der(key)),
            _ => Err(KeyError::AnotherAlgorithm {
                algorithm,
                needed: needed_by(algorithm),
                found: self.describe(),
            }),
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
    // With an exponent of 1 anybody can sign; the backends take odd ones of up to 33 bits.
    let value =
        exponent.iter().try_fold(0_u64, |value, byte| Some(value.checked_mul(256)? | u64::from(*byte)));
    if !value.is_some_and(|value| value % 2 == 1 && (3..1 << 33).contains(&value)) {
        return Err(KeyError::RsaExponent);
    }
    Ok(DecodingKey::from_rsa_raw_components(modulus, exponent))
}

fn ec_key(curve: &'static str, point: &[u8], bytes: usize) -> Result<DecodingKey, KeyError> {
    const UNCOMPRESSED: u8 = 4;
    if point.len() != bytes || point[0] != UNCOMPRESSED {
        return Err(KeyError::EcPoint { curve, bytes });
    }
    Ok(DecodingKey::from_ec_der(point))
}

/// aws-lc verifies nothing with a number that has any, and some issuers write DER's sign octet into their
/// JWKs.
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
