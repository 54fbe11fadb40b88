use jsonwebtoken::Algorithm;

/// Why a [`VerificationKey`](super::VerificationKey) was not made. No message contains the key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The algorithm does not work with a key of this type or curve.
    #[error(
        "{algorithm:?} needs {needed}, but this is {found}: name the algorithm that the issuer signs \
         with, or give the key that it uses"
    )]
    AnotherAlgorithm {
        /// The algorithm that the key was to be for.
        algorithm: Algorithm,
        /// What it verifies with.
        needed: &'static str,
        /// What was given.
        found: &'static str,
    },
    /// A secret shorter than the hash of its algorithm.
    #[error(
        "a secret for {algorithm:?} has at least {needed} bytes (RFC 7518 section 3.2), but this one has \
         {bytes}: make a random one with `openssl rand -hex {needed}`"
    )]
    ShortSecret {
        /// The algorithm that the secret was to be for.
        algorithm: Algorithm,
        /// The length of the algorithm's hash.
        needed: usize,
        /// The length of the secret.
        bytes: usize,
    },
    /// A PEM document as a secret.
    #[error(
        "this secret is a PEM document: if it is the issuer's public key, anybody could sign with it, so \
         give it to `from_pem` with the algorithm that the issuer signs with"
    )]
    PemSecret,
    /// A private key.
    #[error(
        "this is a private key, which is for the issuer alone: give its public key, which `openssl pkey \
         -in private.pem -pubout` prints"
    )]
    PrivateKey,
    /// A certificate.
    #[error(
        "this is a certificate, which nothing here would check: give its public key, which `openssl x509 \
         -in certificate.pem -noout -pubkey` prints"
    )]
    Certificate,
    /// Not a PEM document with a public key.
    #[error(
        "this is not a public key in PEM: give one document from `-----BEGIN PUBLIC KEY-----` to \
         `-----END PUBLIC KEY-----` (or `RSA PUBLIC KEY`) with its line breaks"
    )]
    NotPem,
    /// Not a `SubjectPublicKeyInfo`.
    #[error(
        "this is not a public key in DER: give a SubjectPublicKeyInfo, which `openssl pkey -pubin -in \
         public.pem -outform DER` writes (`from_pem` reads the PEM itself)"
    )]
    NotDer,
    /// A key of a type that no supported algorithm uses.
    #[error(
        "keys of type `{0}` are not supported: give an RSA key, an EC key on P-256 or P-384, or an \
         Ed25519 key"
    )]
    UnsupportedType(String),
    /// An RSA key that is too short to be safe, or too long for the crypto backend.
    #[error("this RSA key has {bits} bits: give one of 2048 (RFC 7518 section 3.3) to {max} bits")]
    RsaBits {
        /// The length of the modulus.
        bits: usize,
        /// The longest modulus that the crypto backend verifies with.
        max: usize,
    },
    /// An RSA key whose exponent is 1, even or longer than 33 bits.
    #[error("this RSA key has an unsafe public exponent: give one with the usual 65537")]
    RsaExponent,
    /// An EC key that is compressed, or of a wrong length.
    #[error(
        "this EC key is not an uncompressed point on {curve}, which has {bytes} bytes: give it as `openssl ec \
         -pubin -in public.pem -pubout -conv_form uncompressed` prints it"
    )]
    EcPoint {
        /// The curve of the key.
        curve: &'static str,
        /// The length of a point on it.
        bytes: usize,
    },
    /// An EC key that is not a point on its curve.
    #[error(
        "this EC key is not a point on {curve}, so it is damaged or of another curve: give the key as the issuer \
         publishes it"
    )]
    EcPointOffCurve {
        /// The curve that the key names.
        curve: &'static str,
    },
    /// An Ed25519 key that is a point of small order.
    #[error("with this Ed25519 key anybody could sign: give the one that the issuer signs with")]
    Ed25519Point,
    /// Not a JWK.
    #[error("this is not a JWK: give a JSON object with the members of RFC 7517, none of them twice")]
    NotJwk,
    /// A set of JWKs.
    #[error("this is a JWK set: give one of its `keys` at a time")]
    JwkSet,
    /// A member that is missing, or not what RFC 7517 or RFC 7518 says.
    #[error("the JWK's `{0}` is missing or malformed: give the JWK as the issuer publishes it")]
    JwkMember(&'static str),
    /// `use` or `key_ops` excludes verifying signatures.
    #[error(
        "the JWK's `{0}` does not let it verify signatures: give the key that the issuer signs tokens \
         with"
    )]
    JwkUse(&'static str),
    /// A private key as a JWK.
    #[error(
        "the JWK has `d`, so it is a private key, which is for the issuer alone: give the JWK that the \
         issuer publishes"
    )]
    PrivateJwk,
    /// An `alg` that is not supported.
    #[error(
        "the JWK is for the algorithm `{0}`, which is not supported: give one for HS, RS or PS 256, 384 \
         or 512, ES256, ES384, EdDSA or Ed25519"
    )]
    JwkAlgorithm(String),
    /// No `alg`, where the type of the key serves several algorithms.
    #[error(
        "the JWK has no `alg` and would serve several algorithms: name the one that the issuer signs with \
         by `from_jwk_for`"
    )]
    JwkWithoutAlgorithm,
    /// Another `alg` than the one that was named.
    #[error(
        "the JWK is for {said:?}, not for {algorithm:?}: name the `alg` that it has, or give another key"
    )]
    JwkForAnother {
        /// The `alg` of the JWK.
        said: Algorithm,
        /// The algorithm that the key was to be for.
        algorithm: Algorithm,
    },
}
