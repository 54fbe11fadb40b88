use jsonwebtoken::Algorithm;

use crate::readable_debug::readable_debug;

/// The error of a [`VerificationKey`](super::VerificationKey) that is unsafe, damaged or of another type. No message contains
/// the key.
#[derive(PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The algorithm needs a key of another type or curve.
    #[error(
        "{algorithm:?} needs {needed}, but this is {found}: name the algorithm that the issuer signs \
         with, or give the key that it uses"
    )]
    AnotherAlgorithm {
        /// The requested algorithm.
        algorithm: Algorithm,
        /// The type of key that it needs.
        needed: &'static str,
        /// The type of the key.
        found: &'static str,
    },
    /// The secret is shorter than the hash of its algorithm.
    #[error(
        "a secret for {algorithm:?} has at least {needed} bytes (RFC 7518 section 3.2), but this one has \
         {bytes}: make a random one with `openssl rand -hex {needed}`"
    )]
    ShortSecret {
        /// The requested algorithm.
        algorithm: Algorithm,
        /// The length of the algorithm's hash, in bytes.
        needed: usize,
        /// The length of the secret, in bytes.
        bytes: usize,
    },
    /// The secret is a PEM document.
    #[error(
        "this secret is a PEM document, perhaps a public key, with which anyone could sign tokens: use `from_pem` with \
         the algorithm that the issuer signs with"
    )]
    PemSecret,
    /// The key is a private key.
    #[error(
        "this is a private key, which is for the issuer alone: give its public key, which `openssl pkey \
         -in private.pem -pubout` prints"
    )]
    PrivateKey,
    /// The key is a certificate.
    #[error(
        "this is a certificate, and certificates are not verified here: give its public key, which `openssl x509 \
         -in certificate.pem -noout -pubkey` prints"
    )]
    Certificate,
    /// The text is not a PEM document with a public key.
    #[error(
        "this is not a public key in PEM: give one document from `-----BEGIN PUBLIC KEY-----` to \
         `-----END PUBLIC KEY-----` (or `RSA PUBLIC KEY`) with its line breaks"
    )]
    NotPem,
    /// The bytes are not a `SubjectPublicKeyInfo`.
    #[error(
        "this is not a public key in DER: give a SubjectPublicKeyInfo, which `openssl pkey -pubin -in \
         public.pem -outform DER` writes (`from_pem` reads the PEM itself)"
    )]
    NotDer,
    /// No supported algorithm uses keys of this type.
    #[error(
        "keys of type `{0}` are not supported: give an RSA key, an EC key on P-256 or P-384, or an \
         Ed25519 key"
    )]
    UnsupportedType(String),
    /// The RSA key is too short to be safe, or too long for the crypto backend.
    #[error("this RSA key has {bits} bits: give one of 2048 (RFC 7518 section 3.3) to {max} bits")]
    RsaBits {
        /// The length of the modulus, in bits.
        bits: usize,
        /// The longest modulus that the crypto backend supports, in bits.
        max: usize,
    },
    /// The exponent of the RSA key is 1, even or longer than 33 bits.
    #[error("this RSA key has an unsafe public exponent: give one with the usual 65537")]
    RsaExponent,
    /// The EC key is compressed or has another length.
    #[error(
        "this EC key is not an uncompressed point on {curve}, which has {bytes} bytes: give it as `openssl ec \
         -pubin -in public.pem -pubout -conv_form uncompressed` prints it"
    )]
    EcPoint {
        /// The curve of the key.
        curve: &'static str,
        /// The length of an uncompressed point, in bytes.
        bytes: usize,
    },
    /// The EC key is not a point on its curve.
    #[error(
        "this EC key is not a point on {curve}, so it is damaged or of another curve: give the key as the issuer \
         publishes it"
    )]
    EcPointOffCurve {
        /// The curve of the key.
        curve: &'static str,
    },
    /// The Ed25519 key is a point of small order.
    #[error(
        "this Ed25519 key is a point of small order, with which anyone could sign tokens: give the key that the issuer \
         publishes"
    )]
    Ed25519Point,
    /// The text is not a JWK.
    #[error("this is not a JWK: give a JSON object with the members of RFC 7517, none of them twice")]
    NotJwk,
    /// The text is a JWK set.
    #[error("this is a JWK set: give one of its `keys` at a time")]
    JwkSet,
    /// A member is missing, or is not as RFC 7517 and RFC 7518 define it.
    #[error("the JWK's `{0}` is missing or malformed: give the JWK as the issuer publishes it")]
    JwkMember(&'static str),
    /// `use` or `key_ops` excludes verifying signatures.
    #[error(
        "the JWK's `{0}` does not allow verifying signatures: give the key that the issuer signs tokens \
         with"
    )]
    JwkUse(&'static str),
    /// The JWK is a private key.
    #[error(
        "the JWK has `d`, so it is a private key, which is for the issuer alone: give the JWK that the \
         issuer publishes"
    )]
    PrivateJwk,
    /// The `alg` of the JWK is not supported.
    #[error(
        "the JWK is for the algorithm `{0}`, which is not supported: give one for HS, RS or PS 256, 384 \
         or 512, ES256, ES384, EdDSA or Ed25519"
    )]
    JwkAlgorithm(String),
    /// The JWK has no `alg`, and its type is for several algorithms.
    #[error(
        "the JWK has no `alg`, and its type is for several algorithms: name the one that the issuer signs with, using \
         `from_jwk_for`"
    )]
    JwkWithoutAlgorithm,
    /// The JWK has another `alg` than the requested one.
    #[error(
        "the JWK is for {named:?}, not for {algorithm:?}: name the `alg` that it has, or give another key"
    )]
    JwkForAnother {
        /// The `alg` of the JWK.
        named: Algorithm,
        /// The requested algorithm.
        algorithm: Algorithm,
    },
}

readable_debug!(KeyError);
