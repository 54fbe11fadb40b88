use std::fmt;

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::hmac;
#[cfg(feature = "aws-lc-rs")]
use base64::Engine as _;
#[cfg(feature = "aws-lc-rs")]
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::error::KeyError;
use super::jwk::Jwk;
use super::material::Material;
use super::public_key;
#[cfg(any(feature = "issuer", feature = "bound-tokens"))]
use crate::token::json::Object;

/// A key of the issuer, for one algorithm. It never verifies a token with another `alg` (RFC 8725 section 3.1).
///
/// Every constructor checks that the key is of the type that the algorithm needs, and strong enough.
///
/// ```
/// use scopes_runtime::{Algorithm, KeyError, VerificationKey};
///
/// fn key(public_key_pem: &str) -> Result<VerificationKey, KeyError> {
///     Ok(VerificationKey::from_pem(Algorithm::ES256, public_key_pem)?.with_kid("2026-11"))
/// }
///
/// assert!(VerificationKey::from_secret(Algorithm::HS256, "too short").is_err());
/// ```
#[derive(Clone)]
pub struct VerificationKey {
    algorithm: Algorithm,
    kid: Option<String>,
    key: DecodingKey,
    /// A shared secret, prepared once: jsonwebtoken prepares it for each token.
    #[cfg(feature = "aws-lc-rs")]
    hmac: Option<hmac::Key>,
}

impl VerificationKey {
    /// Creates a key from a secret that the issuer shares with this server, for HS256, HS384 or HS512. Every party with the
    /// secret can issue tokens.
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
    /// - [`KeyError::ShortSecret`] if the secret is shorter than the hash of the algorithm (RFC 7518 section 3.2).
    /// - [`KeyError::PemSecret`] if it is a PEM document.
    /// - [`KeyError::AnotherAlgorithm`] if the algorithm needs a public key.
    pub fn from_secret(algorithm: Algorithm, secret: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let secret = secret.as_ref();
        if secret.trim_ascii_start().starts_with(b"-----BEGIN ") {
            return Err(KeyError::PemSecret);
        }
        Self::new(algorithm, None, Material::Secret(secret.to_vec()))
    }

    /// Reads a public key in PEM: `PUBLIC KEY`, or `RSA PUBLIC KEY` of PKCS#1.
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
    /// - [`KeyError::NotPem`], [`KeyError::PrivateKey`] or [`KeyError::Certificate`] if the text is not a public key.
    /// - [`KeyError::AnotherAlgorithm`] if the algorithm needs a key of another type or curve.
    /// - [`KeyError::RsaBits`] if an RSA key is shorter than 2048 bits (RFC 7518 section 3.3), and other variants for keys
    ///   that are unsafe or damaged.
    pub fn from_pem(algorithm: Algorithm, pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::new(algorithm, None, public_key::from_pem(pem.as_ref())?)
    }

    /// Reads a public key in DER: a `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), the content of `PUBLIC KEY` in PEM.
    ///
    /// # Errors
    ///
    /// Those of [`from_pem`](Self::from_pem), with [`KeyError::NotDer`] in place of `NotPem`.
    pub fn from_der(algorithm: Algorithm, der: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::new(algorithm, None, public_key::from_der(der.as_ref())?)
    }

    /// Reads a JSON Web Key (RFC 7517): one of the `keys` of the issuer's key set, as JSON text. The key has its `kid`, if any.
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
    /// - [`KeyError::NotJwk`], [`KeyError::JwkSet`] or [`KeyError::JwkMember`] if the text is not a JWK.
    /// - [`KeyError::JwkUse`] or [`KeyError::PrivateJwk`] if the JWK does not verify signatures.
    /// - [`KeyError::JwkWithoutAlgorithm`] if it has no `alg`, and its type is for several algorithms. Use
    ///   [`from_jwk_for`](Self::from_jwk_for) then.
    /// - Those of [`from_pem`](Self::from_pem) for keys that are unsafe, damaged or of another type than `alg` needs.
    pub fn from_jwk(jwk: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::from_parsed_jwk(Jwk::parse(jwk.as_ref())?)
    }

    /// Reads a JSON Web Key for this algorithm. For JWKs without `alg`.
    ///
    /// # Errors
    ///
    /// Those of [`from_jwk`](Self::from_jwk), and [`KeyError::JwkForAnother`] if the JWK has another `alg`.
    pub fn from_jwk_for(algorithm: Algorithm, jwk: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let jwk = Jwk::parse(jwk.as_ref())?;
        match jwk.algorithm {
            Some(named) if named != algorithm => Err(KeyError::JwkForAnother { named, algorithm }),
            _ => Self::new(algorithm, jwk.kid, jwk.material),
        }
    }

    /// Creates a key from the members of a JWK. `rsa_algorithm` is that of an RSA key without `alg`.
    #[cfg(any(feature = "issuer", feature = "bound-tokens"))]
    pub(in crate::token) fn from_jwk_members(
        members: &Object<'_>,
        rsa_algorithm: Algorithm,
    ) -> Result<Self, KeyError> {
        let mut jwk = Jwk::read(members)?;
        if matches!(jwk.material, Material::Rsa { .. }) && jwk.algorithm.is_none() {
            jwk.algorithm = Some(rsa_algorithm);
        }
        Self::from_parsed_jwk(jwk)
    }

    fn from_parsed_jwk(jwk: Jwk) -> Result<Self, KeyError> {
        let algorithm = jwk.algorithm.or_else(|| jwk.material.only_algorithm());
        Self::new(algorithm.ok_or(KeyError::JwkWithoutAlgorithm)?, jwk.kid, jwk.material)
    }

    /// Sets the `kid` (RFC 7515 section 4.1.4). Default: that of the JWK, or none.
    ///
    /// A token with another `kid` is not verified with the key. A token without `kid` is, if at most four keys are for its
    /// `alg`.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    fn new(algorithm: Algorithm, kid: Option<String>, material: Material) -> Result<Self, KeyError> {
        #[cfg(feature = "aws-lc-rs")]
        let hmac = material.hmac_key(algorithm);
        let key = material.into_key_for(algorithm)?;
        Ok(Self {
            algorithm,
            kid,
            key,
            #[cfg(feature = "aws-lc-rs")]
            hmac,
        })
    }

    pub(in crate::token) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(in crate::token) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Returns whether two public keys verify the same tokens. Not for secrets: the comparison takes variable time.
    #[cfg(feature = "issuer")]
    pub(in crate::token) fn is_same(&self, other: &Self) -> bool {
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

    /// Returns whether the key verifies the signature, in base64url, of a message.
    pub(in crate::token) fn verifies(&self, message: &str, signature: &str) -> bool {
        #[cfg(feature = "aws-lc-rs")]
        if let Some(key) = &self.hmac {
            let tag = BASE64_URL_SAFE_NO_PAD.decode(signature);
            return tag.is_ok_and(|tag| hmac::verify(key, message.as_bytes(), &tag).is_ok());
        }
        // An error means that the backend cannot use the signature or the key.
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, self.algorithm)
            .unwrap_or(false)
    }
}

/// Omits the key, which may be a secret.
impl fmt::Debug for VerificationKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerificationKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
