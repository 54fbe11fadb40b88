//! A private key that signs access tokens, read from a PEM file.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use jsonwebtoken::{
    Algorithm, EncodingKey,
    crypto::aws_lc,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use scopes_runtime::VerificationKey;

/// RFC 8410 section 3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// RFC 5480 section 2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// RFC 8017 appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A private key for ES256 (P-256) or EdDSA (Ed25519). `Debug` shows only the public key.
pub struct SigningKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: EncodingKey,
    /// The public key. Its `kid` is its thumbprint (RFC 7638).
    pub(crate) public: Jwk,
}

/// A file without a usable signing key. Messages never contain the file's content.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The file cannot be read.
    #[error(
        "cannot read the signing key `{}`: {source}; \
         set --signing-key or DEMO_SIGNING_KEY to a readable PEM file with a private key",
        .file.display()
    )]
    Unreadable {
        /// The path of the file.
        file: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file contains something else than a supported private key.
    #[error(
        "the file `{}` of --signing-key or DEMO_SIGNING_KEY contains {found}, but a P-256 or Ed25519 private key \
         in PEM and PKCS#8, without a password, is required: \
         create one with `openssl genpkey -algorithm ED25519 -out signing-key.pem`",
        .file.display()
    )]
    Unusable {
        /// The path of the file.
        file: PathBuf,
        /// A description of the content.
        found: &'static str,
    },
}

impl SigningKey {
    /// Reads a private key from a PEM file.
    ///
    /// # Errors
    ///
    /// - [`SigningKeyError::Unreadable`] if the file cannot be read.
    /// - [`SigningKeyError::Unusable`] if it contains anything but a P-256 or Ed25519 private key in PKCS#8 without a
    ///   password.
    pub fn read(file: &Path) -> Result<Self, SigningKeyError> {
        let pem =
            fs::read(file).map_err(|source| SigningKeyError::Unreadable { file: file.to_owned(), source })?;
        Self::from_pem(&pem).map_err(|found| SigningKeyError::Unusable { file: file.to_owned(), found })
    }

    /// Parses a private key. The error describes the content.
    fn from_pem(pem: &[u8]) -> Result<Self, &'static str> {
        let unusable = "a malformed key";
        let pem = str::from_utf8(pem).map_err(|_| "no PEM document")?;
        let mut labels =
            pem.lines().filter_map(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----"));
        match labels.next() {
            Some("PRIVATE KEY") => {}
            Some("ENCRYPTED PRIVATE KEY") => return Err("a key with a password"),
            Some("EC PRIVATE KEY" | "EC PARAMETERS") => {
                return Err("a key that is not in PKCS#8 (convert it with `openssl pkcs8 -topk8 -nocrypt`)");
            }
            Some("RSA PRIVATE KEY") => return Err("an RSA key"),
            Some(_) => return Err("no private key"),
            None => return Err("no PEM document"),
        }
        let (_, document) = SecretDocument::from_pem(pem).map_err(|_| unusable)?;
        let der = document.as_bytes();
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| unusable)?.algorithm;
        let (algorithm, key) = match info.oid {
            ED25519 => (Algorithm::EdDSA, EncodingKey::from_ed_der(der)),
            EC if info.parameters_oid() == Ok(P256) => (Algorithm::ES256, EncodingKey::from_ec_der(der)),
            EC => return Err("an EC key on another curve"),
            RSA => return Err("an RSA key"),
            _ => return Err("a key of another type"),
        };
        // `Jwk::from_encoding_key` needs a provider, and the decoder installs one only later. An error means that one
        // is already installed.
        let _ = aws_lc::DEFAULT_PROVIDER.install_default();
        let mut public = Jwk::from_encoding_key(&key, algorithm).map_err(|_| unusable)?;
        public.common.key_id = Some(public.thumbprint(ThumbprintHash::SHA256).map_err(|_| unusable)?);
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { algorithm, key, public })
    }

    /// Returns the public key that verifies the tokens.
    pub(crate) fn verification_key(&self) -> VerificationKey {
        let jwk = serde_json::to_vec(&self.public).expect("a JWK serializes to JSON");
        VerificationKey::from_jwk(jwk).expect("the public key was derived from a valid private key")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}
