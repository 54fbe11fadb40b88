//! Which access tokens are accepted, and who signs them.

use std::fmt;

use scopes_runtime::{
    Algorithm, Jwks, JwtDecoder, JwtDecoderBuilder, JwtDecoderError, KeyError, ResourceServer,
    VerificationKey,
};

use crate::{
    config::JwtSecret,
    signer::Signer,
    signing_key::{SigningKey, SigningKeyError},
};

/// Who signs the tokens that this API accepts.
#[derive(Clone, Debug)]
pub enum TokenIssuer {
    /// This program, with a secret.
    Secret,
    /// This program, with a private key, whose public key it serves.
    Key,
    /// Another issuer, at this URL.
    External(String),
}

/// Both sides of a token: what signs it, if that is here, and the [`ResourceServer`] that verifies it.
#[derive(Clone)]
pub struct Tokens {
    pub(crate) issuer: TokenIssuer,
    pub(crate) server: ResourceServer,
    pub(crate) signer: Option<Signer>,
}

/// Why there can be no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The secret is not safe to sign with.
    #[error("the secret of --jwt-secret or DEMO_JWT_SECRET is refused: {0}")]
    Secret(#[from] KeyError),
    /// The file has no key to sign with.
    #[error(transparent)]
    SigningKey(#[from] SigningKeyError),
    /// The other issuer's keys cannot be fetched.
    #[error("the issuer of --issuer-url or DEMO_ISSUER_URL is refused: {0}")]
    Issuer(#[source] JwtDecoderError),
    /// The issuer or the audience is missing.
    #[error("the tokens could not be verified: {0}")]
    Decoder(#[from] JwtDecoderError),
}

impl Tokens {
    /// Tokens of this program for an audience, signed with HS256.
    ///
    /// # Errors
    ///
    /// When the secret is too short, or the issuer or the audience empty.
    pub fn signed_with_secret(
        issuer: String,
        audience: String,
        secret: &JwtSecret,
    ) -> Result<Self, TokensError> {
        let key = VerificationKey::from_secret(Algorithm::HS256, secret.as_bytes())?;
        let server = server(decoder(&issuer, &audience).key(key))?;
        let signer = Signer::with_secret(issuer, audience, secret);
        Ok(Self { issuer: TokenIssuer::Secret, server, signer: Some(signer) })
    }

    /// Tokens of this program for an audience, signed with a private key.
    ///
    /// # Errors
    ///
    /// When the issuer or the audience is empty.
    pub fn signed_with_key(issuer: String, audience: String, key: SigningKey) -> Result<Self, TokensError> {
        let server = server(decoder(&issuer, &audience).key(key.verification_key()))?;
        let signer = Signer::with_key(issuer, audience, key);
        Ok(Self { issuer: TokenIssuer::Key, server, signer: Some(signer) })
    }

    /// Tokens of another issuer for an audience, verified with the keys that it publishes.
    ///
    /// # Errors
    ///
    /// When the issuer is no URL to fetch keys from, or the audience is empty.
    pub fn of_issuer(url: String, audience: String) -> Result<Self, TokensError> {
        let decoder = decoder(&url, &audience).jwks(Jwks::discovery());
        let server = server(decoder).map_err(TokensError::Issuer)?;
        Ok(Self { issuer: TokenIssuer::External(url), server, signer: None })
    }
}

fn decoder(issuer: &str, audience: &str) -> JwtDecoderBuilder {
    JwtDecoder::builder().issuer(issuer).audience(audience)
}

fn server(decoder: JwtDecoderBuilder) -> Result<ResourceServer, JwtDecoderError> {
    let server = ResourceServer::builder(decoder.build()?).realm("demo-app").build();
    Ok(server.expect("the realm is visible ASCII"))
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
