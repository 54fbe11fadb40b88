//! A token that is bound to a key, and proofs of the key for it (DPoP).

use axum::body::Body;
use axum::http::Request;
use jsonwebtoken::{Algorithm, DecodingKey, crypto, decode_header};
use scopes_runtime::ResourceServer;
use scopes_runtime::bound::Dpop;
use scopes_runtime::testing::{DpopKey, TestIssuer};

pub(crate) struct BoundToken {
    issuer: TestIssuer,
    key: DpopKey,
    token: String,
}

impl BoundToken {
    pub(crate) fn new() -> Self {
        let (issuer, key) = (TestIssuer::new(), DpopKey::new());
        let token = issuer.token().scopes(["me", "items"]).bound_to(&key).sign();
        Self { issuer, key, token }
    }

    /// Returns a server that accepts any number of proofs.
    pub(crate) fn server(&self) -> ResourceServer {
        let dpop = Dpop::new("https://api.test").expect("a URL").max_proofs_per_key(usize::MAX);
        let server = ResourceServer::builder(self.issuer.bound_token_decoder()).dpop(dpop).build();
        server.expect("the default realm")
    }

    /// Returns a new proof for `GET /scoped`.
    pub(crate) fn proof(&self) -> String {
        self.key.proof("GET", "https://api.test/scoped", &self.token).sign()
    }

    pub(crate) fn request(&self, proof: &str) -> Request<Body> {
        let authorization = format!("DPoP {}", self.token);
        let request = Request::get("/scoped").header("authorization", authorization).header("dpop", proof);
        request.body(Body::empty()).expect("a request")
    }
}

/// Returns the key in the header of a proof.
pub(crate) fn key_of(proof: &str) -> DecodingKey {
    let header = decode_header(proof).expect("a header");
    DecodingKey::from_jwk(&header.jwk.expect("a key")).expect("a key")
}

/// Verifies only the signature.
pub(crate) fn has_signature_of(key: &DecodingKey, proof: &str) -> bool {
    let (message, signature) = proof.rsplit_once('.').expect("a JWS");
    crypto::verify(signature, message.as_bytes(), key, Algorithm::ES256).expect("a signature")
}
