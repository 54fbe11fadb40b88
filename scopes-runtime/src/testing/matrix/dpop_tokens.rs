//! Tokens that are bound to a DPoP key, each sent with a proof.

use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
#[cfg(feature = "bound-tokens")]
use axum::http::HeaderValue;
use axum::http::Request;
#[cfg(feature = "bound-tokens")]
use axum::http::header::AUTHORIZATION;

#[cfg(feature = "bound-tokens")]
use crate::testing::DpopKey;
use crate::testing::TestToken;

/// Adds a token to a request, with a new proof that has this nonce.
pub(super) type AddProvenToken = Arc<dyn Fn(&mut Request<Bytes>, Option<&str>) + Send + Sync>;

/// Binds a token to a key.
type BindToken = dyn Fn(TestToken) -> AddProvenToken + Send + Sync;

/// The bound tokens of a matrix. Without a base URL for proofs there are none.
#[derive(Default)]
pub(super) struct DpopTokens(Option<Box<BindToken>>);

impl DpopTokens {
    /// Creates a key, whose proofs are for URLs below the base URL.
    #[cfg(feature = "bound-tokens")]
    pub(super) fn new(base_url: &str) -> Self {
        let (key, base_url) = (Arc::new(DpopKey::new()), Arc::<str>::from(base_url.trim_end_matches('/')));
        Self(Some(Box::new(move |token| {
            let (key, base_url) = (Arc::clone(&key), Arc::clone(&base_url));
            let token = token.bound_to(&key).sign();
            Arc::new(move |request: &mut Request<Bytes>, nonce: Option<&str>| {
                let url = format!("{base_url}{}", request.uri().path());
                let proof = key.proof(request.method().as_str(), &url, &token);
                let proof = match nonce {
                    Some(nonce) => proof.claim("nonce", nonce).sign(),
                    None => proof.sign(),
                };
                let value = |text: String| HeaderValue::try_from(text).expect("a token is ASCII");
                request.headers_mut().insert(AUTHORIZATION, value(format!("DPoP {token}")));
                request.headers_mut().insert("dpop", value(proof));
            })
        })))
    }

    /// Returns what adds the token to a request, with a proof. `None` without a base URL.
    pub(super) fn bind(&self, token: &TestToken) -> Option<AddProvenToken> {
        self.0.as_ref().map(|bind| bind(token.clone()))
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Debug for DpopTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DpopTokens").field("is_set", &self.is_set()).finish()
    }
}
