//! Keys that verify signatures, each for one algorithm.

mod error;
mod jwk;
mod material;
mod public_key;

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey};

pub use self::error::KeyError;
use self::jwk::Jwk;
use self::material::Material;

/// A key of the issuer, for one algorithm: a token that names another one is never verified with it (RFC 8725
/// section 3.1).
///
/// Every constructor checks that the key fits the algorithm and is strong enough for it.
#[derive(Clone)]
pub struct VerificationKey {
    algorithm: Algorithm,
    kid: Option<String>,
    key: DecodingKey,
}

impl VerificationKey {
    /// A secret that the issuer shares with this server, for HS256, HS384 or HS512. Whoever has it can issue
    /// tokens.
    ///
    /// ```
    /// use scopes_runtime::{Algorithm, VerificationKey};
    ///
    /// let error = VerificationKey::from_secret(Algorithm::HS256, "a password").unwrap_err();
    /// assert!(error.to_string().contains("at least 32"));
    /// ```
    ///
    /// # Errors
    ///
    /// The secret is shorter than the hash of the algorithm (RFC 7518 section 3.2) or a PEM document, or the
    /// algorithm needs a public key.
    pub fn from_secret(algorithm: Algorithm, secret: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let secret = secret.as_ref();
        if secret.trim_ascii_start().starts_with(b"-----BEGIN ") {
            return Err(KeyError::PemSecret);
        }
        Self::new(algorithm, None, Material::Secret(secret.to_vec()))
    }

    /// A public key in PEM: `PUBLIC KEY`, or PKCS#1's `RSA PUBLIC KEY`.
    ///
    /// ```
    /// use scopes_runtime::{Algorithm, VerificationKey};
    ///
    /// let pem = "-----BEGIN PUBLIC KEY-----
    /// MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    /// -----END PUBLIC KEY-----";
    /// let key = VerificationKey::from_pem(Algorithm::EdDSA, pem)?.with_kid("2026-01");
    /// # Ok::<(), scopes_runtime::KeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// It is not one, or does not fit the algorithm: another type or curve, RSA below 2048 bits (RFC 7518
    /// section 3.3), or an EC key that is not a point on its curve.
    pub fn from_pem(algorithm: Algorithm, pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::new(algorithm, None, public_key::from_pem(pem.as_ref())?)
    }

    /// A public key in DER: a `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), what PEM's `PUBLIC KEY`
    /// holds.
    ///
    /// # Errors
    ///
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(algorithm: Algorithm, der: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::new(algorithm, None, public_key::from_der(der.as_ref())?)
    }

    /// A JSON Web Key (RFC 7517) as JSON text: one of the `keys` of the issuer's key set. Its `kid`, if any,
    /// is the key's.
    ///
    /// ```
    /// use scopes_runtime::VerificationKey;
    ///
    /// let key = VerificationKey::from_jwk(
    ///     r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    /// )?;
    /// # Ok::<(), scopes_runtime::KeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// It is not one for verifying signatures, holds a private key, or does not fit its `alg`; or it has no
    /// `alg` and its type serves several: then name the algorithm with [`from_jwk_for`](Self::from_jwk_for).
    pub fn from_jwk(jwk: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let Jwk { material, algorithm, kid } = Jwk::parse(jwk.as_ref())?;
        let algorithm =
            algorithm.or_else(|| material.only_algorithm()).ok_or(KeyError::JwkWithoutAlgorithm)?;
        Self::new(algorithm, kid, material)
    }

    /// A JSON Web Key whose algorithm you know, because it has no `alg`.
    ///
    /// # Errors
    ///
    /// As [`from_jwk`](Self::from_jwk), or its `alg` is there and another one.
    pub fn from_jwk_for(algorithm: Algorithm, jwk: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let Jwk { material, algorithm: said, kid } = Jwk::parse(jwk.as_ref())?;
        match said {
            Some(said) if said != algorithm => Err(KeyError::JwkForAnother { said, algorithm }),
            _ => Self::new(algorithm, kid, material),
        }
    }

    /// Names the key: a token with another `kid` is not verified with it (RFC 7515 section 4.1.4). A token
    /// without a `kid` is, where at most four keys are for its `alg`.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    fn new(algorithm: Algorithm, kid: Option<String>, material: Material) -> Result<Self, KeyError> {
        let key = material.into_key_for(algorithm)?;
        Ok(Self { algorithm, kid, key })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether both verify the same tokens. For public keys: it takes a time that depends on them.
    #[cfg(feature = "issuer")]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        use jsonwebtoken::DecodingKeyKind::{RsaModulusExponent, SecretOrDer};

        let is_same_key = match (self.key.kind(), other.key.kind()) {
            (SecretOrDer(key), SecretOrDer(other)) => key == other,
            (RsaModulusExponent { n, e }, RsaModulusExponent { n: other_n, e: other_e }) => {
                n == other_n && e == other_e
            }
            _ => false,
        };
        is_same_key && self.algorithm == other.algorithm && self.kid == other.kid
    }

    /// Whether the signature, in base64url, is of this message by this key.
    pub(super) fn verifies(&self, message: &str, signature: &str) -> bool {
        // An error is a signature or a key that the backend cannot use, so nothing that it has verified.
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, self.algorithm)
            .unwrap_or(false)
    }
}

/// Which key it is, not the key.
impl fmt::Debug for VerificationKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerificationKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
