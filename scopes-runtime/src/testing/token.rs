use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value, json};

use super::claims::{self, list, now};
use super::signing_key::SigningKey;
use crate::token::install_crypto_provider;

/// Builds a token, valid or not. [`TestIssuer::token`](super::TestIssuer::token) starts a valid one with the subject `alice`
/// and no scopes.
///
/// ```
/// use scopes_runtime::TokenDecoder as _;
/// use scopes_runtime::testing::TestIssuer;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let issuer = TestIssuer::new();
/// let token = issuer.token().subject("bob").scopes(["me", "items"]);
/// assert!(issuer.decoder().decode(&token.sign()).await.is_ok());
///
/// for wrong in [
///     token.clone().expired(),
///     token.clone().audience("https://other.test"),
///     token.clone().without_claim("exp"),
///     token.clone().claim("nbf", "tomorrow"),
///     token.clone().header("typ", "JWT"),
///     token.clone().forged(),
/// ] {
///     assert!(issuer.decoder().decode(&wrong.sign()).await.is_err());
/// }
/// # });
/// ```
#[derive(Clone, Debug)]
#[must_use = "`sign` returns the token"]
pub struct TestToken {
    key: Arc<SigningKey>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    secret: Option<Vec<u8>>,
}

impl TestToken {
    pub(super) fn new(key: Arc<SigningKey>, issuer: &str, audience: &str) -> Self {
        let header = [("alg", json!("ES256")), ("typ", json!("at+jwt")), ("kid", json!(key.kid))];
        let header = header.into_iter().map(|(name, member)| (name.to_owned(), member)).collect();
        Self { key, header, claims: claims::usual(issuer, audience), secret: None }
    }

    /// Creates a JWT with this header and these claims.
    #[cfg(feature = "bound-tokens")]
    pub(super) fn with_parts(
        key: Arc<SigningKey>,
        header: Map<String, Value>,
        claims: Map<String, Value>,
    ) -> Self {
        Self { key, header, claims, secret: None }
    }

    /// Sets the subject (`sub`).
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.claim("sub", subject.into())
    }

    /// Sets the scopes (`scope`), in place of earlier ones.
    pub fn scopes<N: AsRef<str>>(self, scopes: impl IntoIterator<Item = N>) -> Self {
        self.claim("scope", list(scopes))
    }

    /// Sets the audience (`aud`).
    pub fn audience(self, audience: impl Into<Value>) -> Self {
        self.claim("aud", audience)
    }

    /// Sets `exp` to `lifetime` from now, in whole seconds. Default: 5 min. For a token that a program prints:
    ///
    /// ```no_run
    /// # use scopes_runtime::testing::TestIssuer;
    /// # use std::time::Duration;
    /// # async fn f() {
    /// let issuer = TestIssuer::new().serve();
    /// let token = issuer.token().scopes(["items"]).expires_in(Duration::from_secs(24 * 60 * 60)).sign();
    /// println!("curl -i localhost:3000/items -H 'Authorization: Bearer {token}'");
    /// # }
    /// ```
    pub fn expires_in(self, lifetime: Duration) -> Self {
        self.claim("exp", now().saturating_add(lifetime.as_secs()))
    }

    /// Sets `exp` to two minutes ago, longer than any leeway.
    pub fn expired(self) -> Self {
        self.claim("exp", now() - 120)
    }

    /// Sets a claim to any JSON value.
    pub fn claim(mut self, name: impl Into<String>, claim: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), claim.into());
        self
    }

    /// Removes a claim.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets a member of the header to any JSON value. `alg` does not change how the token is signed.
    pub fn header(mut self, name: impl Into<String>, member: impl Into<Value>) -> Self {
        self.header.insert(name.into(), member.into());
        self
    }

    /// Removes a member of the header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Signs with another key under the same `kid`.
    pub fn forged(mut self) -> Self {
        self.key = Arc::new(SigningKey::new(self.key.kid.clone()));
        self
    }

    /// Signs with HS256 and this secret.
    pub fn signed_with_secret(mut self, secret: impl Into<Vec<u8>>) -> Self {
        self.secret = Some(secret.into());
        self.header("alg", "HS256")
    }

    /// Returns the signed token.
    #[must_use]
    pub fn sign(&self) -> String {
        self.sign_parts(self.header_text(), self.claims_text())
    }

    /// Signs a header and a payload of any bytes.
    pub(super) fn sign_parts(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.sign_message(&format!("{}.{}", base64url(header), base64url(payload)))
    }

    /// Signs a message of any characters.
    pub(super) fn sign_message(&self, message: &str) -> String {
        let signature = match &self.secret {
            None => self.key.sign(message),
            Some(secret) => hs256(secret, message),
        };
        format!("{message}.{signature}")
    }

    /// Returns the header as JSON.
    pub(super) fn header_text(&self) -> String {
        json!(self.header).to_string()
    }

    /// Returns the claim as JSON, or `null` for an absent claim.
    pub(super) fn shown_claim(&self, name: &str) -> &Value {
        self.claims.get(name).unwrap_or(&Value::Null)
    }

    /// Returns the payload as JSON.
    pub(super) fn claims_text(&self) -> String {
        json!(self.claims).to_string()
    }

    pub(super) fn key(&self) -> &SigningKey {
        &self.key
    }
}

pub(super) fn base64url(text: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text.as_ref())
}

pub(super) fn hs256(secret: &[u8], message: &str) -> String {
    install_crypto_provider();
    let key = EncodingKey::from_secret(secret);
    jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("a secret for HS256")
}
