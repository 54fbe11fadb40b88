//! Signs access tokens, as RFC 9068 describes them, and verifies them.

use std::{fmt, sync::Arc};

use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
use scopes_runtime::{Algorithm, JwtDecoder, JwtDecoderError, KeyError, ResourceServer, VerificationKey};
use serde::Serialize;

use crate::config::JwtSecret;

/// The one client of this authorization server: a public one, so it has a name and no secret.
pub(crate) const CLIENT_ID: &str = "demo-client";

/// For how many seconds a token is good.
pub(crate) const LIFETIME: u64 = 30 * 60;

/// Both sides of a token: what signs it, and the [`ResourceServer`] that verifies it.
#[derive(Clone)]
pub struct Tokens {
    pub(crate) server: ResourceServer,
    signer: Arc<Signer>,
}

/// Why there can be no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The secret is not safe to sign with.
    #[error("the secret of --jwt-secret or DEMO_JWT_SECRET is refused: {0}")]
    Secret(#[from] KeyError),
    /// The issuer or the audience is missing.
    #[error("the tokens could not be verified: {0}")]
    Decoder(#[from] JwtDecoderError),
}

struct Signer {
    key: EncodingKey,
    issuer: String,
    audience: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    client_id: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
}

impl Tokens {
    /// Tokens of an issuer for an audience, signed with HS256.
    ///
    /// # Errors
    ///
    /// When the secret is too short, or the issuer or the audience empty.
    pub fn new(issuer: String, audience: String, secret: &JwtSecret) -> Result<Self, TokensError> {
        let decoder = JwtDecoder::builder()
            .issuer(issuer.clone())
            .audience(audience.clone())
            .key(VerificationKey::from_secret(Algorithm::HS256, secret.as_bytes())?)
            .build()?;
        let server =
            ResourceServer::builder(decoder).realm("demo-app").build().expect("the realm is visible ASCII");
        let key = EncodingKey::from_secret(secret.as_bytes());
        Ok(Self { server, signer: Arc::new(Signer { key, issuer, audience }) })
    }

    /// A token for a user. `scope` is the space-separated list of what it allows.
    pub(crate) fn sign(&self, username: &str, scope: &str) -> String {
        let Signer { key, issuer, audience } = &*self.signer;
        let now = get_current_timestamp();
        let claims = Claims {
            iss: issuer,
            aud: audience,
            sub: username,
            client_id: CLIENT_ID,
            iat: now,
            exp: now + LIFETIME,
            jti: format!("{:032x}", rand::random::<u128>()),
            scope,
        };
        let header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, key).expect("strings and numbers under a symmetric key always sign")
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("issuer", &self.signer.issuer)
            .field("audience", &self.signer.audience)
            .finish_non_exhaustive()
    }
}
