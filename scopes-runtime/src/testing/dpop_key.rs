use std::fmt;
use std::sync::Arc;

use hmac_sha256::Hash;
use serde_json::{Map, Value, json};

use super::claims::now;
use super::signing_key::SigningKey;
use super::token::{TestToken, base64url};
use crate::token::certificate_thumbprint;

/// A key of a client for DPoP (ES256), generated in memory. It makes proofs, right and wrong.
///
/// ```
/// use scopes_runtime::ResourceServer;
/// use scopes_runtime::bound::Dpop;
/// use scopes_runtime::testing::{DpopKey, TestIssuer};
///
/// let issuer = TestIssuer::new();
/// let dpop = Dpop::new("https://api.test").unwrap();
/// let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build();
///
/// let key = DpopKey::new();
/// let token = issuer.token().bound_to(&key).sign();
/// let proof = key.proof("GET", "https://api.test/items", &token).sign();
/// let headers = [("authorization", format!("DPoP {token}")), ("dpop", proof)];
/// ```
pub struct DpopKey(Arc<SigningKey>);

impl DpopKey {
    /// Generates a key.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(SigningKey::new("dpop".to_owned())))
    }

    /// Returns the thumbprint of the key (RFC 7638 section 3): `cnf.jkt` of tokens that are bound to it.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // The JWK has the members of a thumbprint only, in the order of their names.
        base64url(Hash::hash(self.jwk().to_string().as_bytes()))
    }

    /// Starts a valid proof for a request with this method, URL and token (RFC 9449 section 4.2). Its `jti` is new.
    pub fn proof(&self, method: &str, url: &str, token: &str) -> TestToken {
        let mut id = [0; 16];
        getrandom::fill(&mut id).expect("the system has random numbers");
        let header = [("typ", json!("dpop+jwt")), ("alg", json!("ES256")), ("jwk", self.jwk())];
        let claims = [
            ("jti", json!(base64url(id))),
            ("htm", json!(method)),
            ("htu", json!(url)),
            ("iat", json!(now())),
            ("ath", json!(base64url(Hash::hash(token.as_bytes())))),
        ];
        TestToken::with_parts(Arc::clone(&self.0), members(header), members(claims))
    }

    /// Returns the public key as a JWK, with the members of its thumbprint.
    fn jwk(&self) -> Value {
        let member = |name: &str| self.0.jwk[name].clone();
        json!({ "crv": member("crv"), "kty": member("kty"), "x": member("x"), "y": member("y") })
    }
}

impl TestToken {
    /// Binds the token to a DPoP key (`cnf.jkt`, RFC 9449 section 6.1).
    pub fn bound_to(self, key: &DpopKey) -> Self {
        self.claim("cnf", json!({ "jkt": key.thumbprint() }))
    }

    /// Binds the token to a certificate in DER (`cnf.x5t#S256`, RFC 8705 section 3.1).
    pub fn bound_to_certificate(self, der: impl AsRef<[u8]>) -> Self {
        self.claim("cnf", json!({ "x5t#S256": certificate_thumbprint(der.as_ref()) }))
    }
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, member)| (name.to_owned(), member)).collect()
}

impl Default for DpopKey {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the thumbprint, not the key.
impl fmt::Debug for DpopKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("DpopKey").field(&self.thumbprint()).finish()
    }
}
