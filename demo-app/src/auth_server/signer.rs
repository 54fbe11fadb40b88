//! Signs access tokens as JWTs of RFC 9068.

use std::sync::Arc;

use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp, jwk::Jwk};
use scopes_runtime::Algorithm;
use serde::Serialize;

use crate::auth_server::{dpop::DpopMode, jwt_secret::JwtSecret, signing_key::SigningKey};

/// The id of the only client. It is a public client, so it has no secret.
pub(crate) const CLIENT_ID: &str = "demo-client";

/// The lifetime of a token, in seconds.
pub(crate) const LIFETIME: u64 = 30 * 60;

/// Signs access tokens. Clones share the key.
#[derive(Clone)]
pub(crate) struct Signer(Arc<Inner>);

struct Inner {
    issuer: String,
    audience: String,
    header: Header,
    key: EncodingKey,
    /// `None` for a secret.
    public_key: Option<Jwk>,
    dpop: DpopMode,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
}

/// RFC 9449 section 6.1.
#[derive(Serialize)]
struct Confirmation<'a> {
    jkt: &'a str,
}

impl Signer {
    /// Signs with HS256.
    pub(crate) fn with_secret(issuer: String, audience: String, secret: &JwtSecret, dpop: DpopMode) -> Self {
        let key = EncodingKey::from_secret(secret.as_bytes());
        Self::new(issuer, audience, Header::new(Algorithm::HS256), key, None, dpop)
    }

    /// Signs with a private key and sets its `kid`.
    pub(crate) fn with_key(issuer: String, audience: String, key: SigningKey, dpop: DpopMode) -> Self {
        let SigningKey { algorithm, key, public } = key;
        let header = Header { kid: public.common.key_id.clone(), ..Header::new(algorithm) };
        Self::new(issuer, audience, header, key, Some(public), dpop)
    }

    fn new(
        issuer: String,
        audience: String,
        header: Header,
        key: EncodingKey,
        public_key: Option<Jwk>,
        dpop: DpopMode,
    ) -> Self {
        let header = Header { typ: Some("at+jwt".to_owned()), ..header };
        Self(Arc::new(Inner { issuer, audience, header, key, public_key, dpop }))
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Returns the URL of the token endpoint.
    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/token", self.0.issuer.trim_end_matches('/'))
    }

    /// Returns which tokens are bound to DPoP keys.
    pub(crate) fn dpop(&self) -> DpopMode {
        self.0.dpop
    }

    /// Returns the public key, or `None` if tokens are signed with a secret.
    pub(crate) fn public_key(&self) -> Option<&Jwk> {
        self.0.public_key.as_ref()
    }

    /// Signs a token for a user. `scope` is the space-separated list of granted scopes, `bound_to` the thumbprint of the key
    /// that the token is bound to.
    pub(crate) fn sign(&self, username: &str, scope: &str, bound_to: Option<&str>) -> String {
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
            cnf: bound_to.map(|jkt| Confirmation { jkt }),
        };
        encode(header, &claims, key)
            .expect("the claims are strings and numbers, and the key fits the algorithm")
    }
}
