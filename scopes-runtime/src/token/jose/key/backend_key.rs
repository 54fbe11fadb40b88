#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey};
#[cfg(feature = "aws-lc-rs")]
use base64::Engine as _;
#[cfg(feature = "aws-lc-rs")]
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};

/// A key in the form in which it verifies signatures.
#[derive(Clone)]
pub(super) enum BackendKey {
    /// jsonwebtoken reads the key for each signature.
    Decoding(DecodingKey),
    /// An EC key that was read when it was checked. jsonwebtoken would read it again for each signature, which takes 2 % of the
    /// instructions of a verification.
    #[cfg(feature = "aws-lc-rs")]
    Ec(ParsedPublicKey),
}

impl BackendKey {
    /// Reads an uncompressed point. `None` if it is not on the curve of the algorithm.
    #[cfg(feature = "aws-lc-rs")]
    pub(super) fn from_point(algorithm: Algorithm, point: &[u8]) -> Option<Self> {
        let verification = match algorithm {
            Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
            _ => &ECDSA_P384_SHA384_FIXED,
        };
        ParsedPublicKey::new(verification, point).ok().map(Self::Ec)
    }

    /// Reads an uncompressed point. `None` if it is not on the curve of the algorithm: this backend reads the key when it creates
    /// the verifier.
    #[cfg(not(feature = "aws-lc-rs"))]
    pub(super) fn from_point(algorithm: Algorithm, point: &[u8]) -> Option<Self> {
        use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
        let key = DecodingKey::from_ec_der(point);
        (DEFAULT_PROVIDER.verifier_factory)(&algorithm, &key).is_ok().then_some(Self::Decoding(key))
    }

    /// Returns whether the key verifies the signature, in base64url, of a message.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &str, signature: &str) -> bool {
        match self {
            // An error means that the backend cannot use the signature or the key.
            Self::Decoding(key) => {
                jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, algorithm).unwrap_or(false)
            }
            #[cfg(feature = "aws-lc-rs")]
            Self::Ec(key) => {
                let signature = BASE64_URL_SAFE_NO_PAD.decode(signature);
                signature.is_ok_and(|signature| key.verify_sig(message.as_bytes(), &signature).is_ok())
            }
        }
    }

    /// Returns whether two public keys are the same. Not for secrets: the comparison takes variable time.
    #[cfg(feature = "issuer")]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        use jsonwebtoken::DecodingKeyKind::{RsaModulusExponent, SecretOrDer};

        match (self, other) {
            (Self::Decoding(key), Self::Decoding(other)) => match (key.kind(), other.kind()) {
                (SecretOrDer(key), SecretOrDer(other)) => key == other,
                (RsaModulusExponent { n, e }, RsaModulusExponent { n: other_n, e: other_e }) => {
                    n == other_n && e == other_e
                }
                _ => false,
            },
            (Self::Ec(key), Self::Ec(other)) => key.as_ref() == other.as_ref(),
            _ => false,
        }
    }
}
