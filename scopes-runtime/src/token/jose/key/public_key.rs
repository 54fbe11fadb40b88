use pkcs1::RsaPublicKeyRef;
use spki::der::asn1::AnyRef;
use spki::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _, pem};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::error::KeyError;
use super::material::Material;

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Reads `PUBLIC KEY` or `RSA PUBLIC KEY`.
pub(super) fn from_pem(text: &[u8]) -> Result<Material, KeyError> {
    let has = |label: &[u8]| text.windows(label.len()).any(|part| part == label);
    // Private keys of every kind (PKCS#8, `RSA`, `EC`, `ENCRYPTED`), in every document of a file.
    if has(b"PRIVATE KEY-----") {
        return Err(KeyError::PrivateKey);
    }
    if has(b"CERTIFICATE-----") {
        return Err(KeyError::Certificate);
    }
    let mut der = Vec::new();
    // `pem::decode_vec` requires lines of 64 characters, but environment variables often contain one long line.
    let mut decoder = pem::Decoder::new_detect_wrap(text.trim_ascii()).map_err(|_| KeyError::NotPem)?;
    decoder.decode_to_end(&mut der).map_err(|_| KeyError::NotPem)?;
    match decoder.type_label() {
        "PUBLIC KEY" => from_der(&der),
        "RSA PUBLIC KEY" => rsa(&der),
        _ => Err(KeyError::NotPem),
    }
}

/// Reads a `SubjectPublicKeyInfo`.
pub(super) fn from_der(der: &[u8]) -> Result<Material, KeyError> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| describe_other_der(der))?;
    let key = info.subject_public_key.as_bytes().ok_or(KeyError::NotDer)?;
    match info.algorithm.oid {
        pkcs1::ALGORITHM_OID => rsa(key),
        EC => match info.algorithm.parameters_oid().map_err(|_| KeyError::NotDer)? {
            P256 => Ok(Material::P256(key.to_vec())),
            P384 => Ok(Material::P384(key.to_vec())),
            curve => Err(KeyError::UnsupportedType(curve.to_string())),
        },
        ED25519 => key.try_into().map(Material::Ed25519).map_err(|_| KeyError::NotDer),
        other => Err(KeyError::UnsupportedType(other.to_string())),
    }
}

/// Reads an `RSAPublicKey` (PKCS#1).
fn rsa(der: &[u8]) -> Result<Material, KeyError> {
    let key = RsaPublicKeyRef::from_der(der).map_err(|_| KeyError::NotDer)?;
    Ok(Material::Rsa {
        modulus: key.modulus.as_bytes().to_vec(),
        exponent: key.public_exponent.as_bytes().to_vec(),
    })
}

/// Returns the error for DER that is not a `SubjectPublicKeyInfo`. Private keys begin with a version (RFC 5958, RFC 8017, RFC
/// 5915), certificates with a sequence that begins with a tagged one (RFC 5280 section 4.1).
fn describe_other_der(der: &[u8]) -> KeyError {
    match first_element(der).map(|first| (first.tag(), first.value())) {
        Ok((Tag::Integer, [0 | 1])) => KeyError::PrivateKey,
        Ok((Tag::Sequence, [0xA0, ..])) => KeyError::Certificate,
        _ => KeyError::NotDer,
    }
}

fn first_element(der: &[u8]) -> Result<AnyRef<'_>, spki::der::Error> {
    SliceReader::new(AnyRef::from_der(der)?.value())?.decode()
}
