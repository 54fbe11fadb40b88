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
#[cfg(feature = "bound-tokens")]
use crate::token::Dpop;

/// Adds a token to a request, with a new proof that has this nonce.
pub(super) type AddProvenToken = Arc<dyn Fn(&mut Request<Bytes>, Option<&str>) + Send + Sync>;

/// A token that is bound to a key.
pub(super) struct BoundToken {
    pub(super) text: String,
    pub(super) add: AddProvenToken,
}

/// Binds a token to a key.
type BindToken = dyn Fn(TestToken) -> BoundToken + Send + Sync;

/// The bound tokens of a matrix. Without the DPoP settings of the server there are none.
#[derive(Default)]
pub(super) struct DpopTokens {
    bind: Option<Box<BindToken>>,
    is_required: bool,
}

impl DpopTokens {
    /// Creates a key, whose proofs are for URLs below the base URL.
    #[cfg(feature = "bound-tokens")]
    pub(super) fn new(dpop: &Dpop) -> Self {
        let (key, base_url) = (Arc::new(DpopKey::new()), Arc::<str>::from(dpop.base_url()));
        let bind = move |token: TestToken| {
            let (key, base_url) = (Arc::clone(&key), Arc::clone(&base_url));
            let text = token.bound_to(&key).sign();
            let token = text.clone();
            let add = Arc::new(move |request: &mut Request<Bytes>, nonce: Option<&str>| {
                let url = format!("{base_url}{}", request.uri().path());
                let proof = key.proof(request.method().as_str(), &url, &token);
                let proof = match nonce {
                    Some(nonce) => proof.claim("nonce", nonce).sign(),
                    None => proof.sign(),
                };
                let value = |text: String| HeaderValue::try_from(text).expect("a token is ASCII");
                request.headers_mut().insert(AUTHORIZATION, value(format!("DPoP {token}")));
                request.headers_mut().insert("dpop", value(proof));
            });
            BoundToken { text, add }
        };
        Self { bind: Some(Box::new(bind)), is_required: dpop.is_required() }
    }

    /// Returns the token bound to the key. `None` without the settings of the server.
    pub(super) fn bind(&self, token: &TestToken) -> Option<BoundToken> {
        self.bind.as_ref().map(|bind| bind(token.clone()))
    }

    pub(super) fn is_set(&self) -> bool {
        self.bind.is_some()
    }

    /// Returns whether the server refuses bearer tokens.
    pub(super) fn is_required(&self) -> bool {
        self.is_required
    }
}

impl fmt::Debug for DpopTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("DpopTokens");
        shown.field("is_set", &self.is_set()).field("is_required", &self.is_required).finish()
    }
}
