//! Signs access tokens, as RFC 9068 describes them.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp, jwk::Jwk};
use scopes_runtime::Algorithm;
use serde::Serialize;

use crate::{AppState, config::JwtSecret, error::ApiError, signing_key::SigningKey};

/// The one client of this authorization server: a public one, so it has a name and no secret.
pub(crate) const CLIENT_ID: &str = "demo-client";

/// For how many seconds a token is good.
pub(crate) const LIFETIME: u64 = 30 * 60;

/// What signs the tokens, and what they say of the two servers; clones share it.
#[derive(Clone)]
pub(crate) struct Signer(Arc<Inner>);

struct Inner {
    issuer: String,
    audience: String,
    header: Header,
    key: EncodingKey,
    public_key: Option<Jwk>,
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

impl Signer {
    /// Signs with HS256.
    pub(crate) fn with_secret(issuer: String, audience: String, secret: &JwtSecret) -> Self {
        let header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::HS256) };
        let key = EncodingKey::from_secret(secret.as_bytes());
        Self(Arc::new(Inner { issuer, audience, header, key, public_key: None }))
    }

    /// Signs with a private key, which the tokens name.
    pub(crate) fn with_key(issuer: String, audience: String, key: SigningKey) -> Self {
        let SigningKey { algorithm, key, public } = key;
        let kid = public.common.key_id.clone();
        let header = Header { typ: Some("at+jwt".to_owned()), kid, ..Header::new(algorithm) };
        Self(Arc::new(Inner { issuer, audience, header, key, public_key: Some(public) }))
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// What everyone may have; a secret has nothing.
    pub(crate) fn public_key(&self) -> Option<&Jwk> {
        self.0.public_key.as_ref()
    }

    /// A token for a user. `scope` is the space-separated list of what it allows.
    pub(crate) fn sign(&self, username: &str, scope: &str) -> String {
        let Inner { issuer, audience, header, key, .. } = &*self.0;
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
        encode(header, &claims, key).expect("strings and numbers under a key that fits always sign")
    }
}

/// There is none where another issuer signs, and so nothing at the paths that need one.
impl FromRequestParts<AppState> for Signer {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        state.tokens.signer.clone().ok_or(ApiError::NotFound)
    }
}
