//! A private key from a file, to sign access tokens with.

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

/// RFC 8410, section 3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// RFC 5480, section 2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// RFC 8017, appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A private key on P-256, for ES256, or on Ed25519, for EdDSA. `Debug` does not show it.
pub struct SigningKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: EncodingKey,
    /// Its public half, named by its thumbprint (RFC 7638).
    pub(crate) public: Jwk,
}

/// Why a file has no key to sign with. No message has anything of the key.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The file cannot be read.
    #[error(
        "the signing key `{}` cannot be read: {source}; \
         name a file with a private key with --signing-key or DEMO_SIGNING_KEY",
        .file.display()
    )]
    Unreadable {
        /// The file as it was named.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has something else in it.
    #[error(
        "the file `{}` of --signing-key or DEMO_SIGNING_KEY has {found} in it, but tokens are signed with a \
         private key on P-256 or Ed25519, in PEM, PKCS#8 and without a password: \
         make one with `openssl genpkey -algorithm ED25519 -out signing-key.pem`",
        .file.display()
    )]
    Unusable {
        /// The file as it was named.
        file: PathBuf,
        /// What is in it.
        found: &'static str,
    },
}

impl SigningKey {
    /// Reads a private key in PEM.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or has another kind of key in it.
    pub fn read(file: &Path) -> Result<Self, SigningKeyError> {
        let pem =
            fs::read(file).map_err(|source| SigningKeyError::Unreadable { file: file.to_owned(), source })?;
        Self::from_pem(&pem).map_err(|found| SigningKeyError::Unusable { file: file.to_owned(), found })
    }

    /// The key, or what there is instead of one.
    fn from_pem(pem: &[u8]) -> Result<Self, &'static str> {
        let unusable = "a key that cannot be used";
        let pem = str::from_utf8(pem).map_err(|_| "no PEM document")?;
        let mut labels =
            pem.lines().filter_map(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----"));
        match labels.next() {
            Some("PRIVATE KEY") => {}
            Some("ENCRYPTED PRIVATE KEY") => return Err("a key with a password"),
            Some("EC PRIVATE KEY" | "EC PARAMETERS") => {
                return Err("a key that is not in PKCS#8 (`openssl pkcs8 -topk8 -nocrypt` converts it)");
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
        // The decoder installs this too, but after the key is read. An error says that there is one already.
        let _ = aws_lc::DEFAULT_PROVIDER.install_default();
        let mut public = Jwk::from_encoding_key(&key, algorithm).map_err(|_| unusable)?;
        public.common.key_id = Some(public.thumbprint(ThumbprintHash::SHA256).map_err(|_| unusable)?);
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { algorithm, key, public })
    }

    pub(crate) fn verification_key(&self) -> VerificationKey {
        let jwk = serde_json::to_vec(&self.public).expect("strings are always JSON");
        VerificationKey::from_jwk(jwk).expect("it is a public key that was just made")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}
