//! Tokens that are bound to a DPoP key, each sent with a proof.

use std::fmt;
#[cfg(feature = "bound-tokens")]
use std::sync::Arc;

#[cfg(feature = "bound-tokens")]
use axum::body::Bytes;
#[cfg(feature = "bound-tokens")]
use axum::http::header::AUTHORIZATION;
#[cfg(feature = "bound-tokens")]
use axum::http::{HeaderValue, Request};

use super::credentials::AddCredentials;
#[cfg(feature = "bound-tokens")]
use crate::testing::DpopKey;
use crate::testing::TestToken;

/// Binds a token to a key. Returns what adds the token to a request, with a new proof.
type BindToken = dyn Fn(TestToken) -> AddCredentials + Send + Sync;

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
            Arc::new(move |request: &mut Request<Bytes>| {
                let url = format!("{base_url}{}", request.uri().path());
                let proof = key.proof(request.method().as_str(), &url, &token).sign();
                let value = |text: String| HeaderValue::try_from(text).expect("a token is ASCII");
                request.headers_mut().insert(AUTHORIZATION, value(format!("DPoP {token}")));
                request.headers_mut().insert("dpop", value(proof));
            })
        })))
    }

    /// Returns what adds the token to a request, with a proof. `None` without a base URL.
    pub(super) fn bind(&self, token: &TestToken) -> Option<AddCredentials> {
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
