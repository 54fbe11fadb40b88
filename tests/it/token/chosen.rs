//! Decoders behind a pointer, which the configuration of an application chooses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::get as on_get;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, Algorithm, DecodeFuture, JwtDecoder, JwtDecoderError, KeyError, ResourceServer,
    TokenDecoder, VerificationKey, requires_scopes,
};
use scopes_tests::{Readable, get};

/// Counts the calls of each method.
#[derive(Clone, Default)]
struct Counted(Arc<[AtomicUsize; 3]>);

impl Counted {
    fn count(&self, method: usize) {
        self.0[method].fetch_add(1, Ordering::Relaxed);
    }

    fn counts(&self) -> [usize; 3] {
        [0, 1, 2].map(|method| self.0[method].load(Ordering::Relaxed))
    }
}

impl TokenDecoder for Counted {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        self.count(0);
        Box::pin(async move { Readable::default().decode(token).await })
    }

    fn cached(&self, _: &str) -> Option<AccessToken> {
        self.count(1);
        None
    }

    fn cached_bytes(&self, _: &[u8]) -> Option<Option<AccessToken>> {
        self.count(2);
        Some(None)
    }
}

#[tokio::test]
async fn a_pointer_forwards_all_methods() {
    let counted = Counted::default();
    let pointers: [Box<dyn TokenDecoder>; 4] = [
        Box::new(counted.clone()),
        Box::new(Box::new(counted.clone())),
        Box::new(Arc::new(counted.clone())),
        Box::new(Arc::new(counted.clone()) as Arc<dyn TokenDecoder>),
    ];
    for (done, decoder) in pointers.into_iter().enumerate() {
        decoder.decode("me").await.expect("a good token");
        assert!(decoder.cached("me").is_none());
        assert!(matches!(decoder.cached_bytes(b"me"), Some(None)));
        assert_eq!(counted.counts(), [done + 1; 3]);
    }
}

#[requires_scopes]
async fn status() {}

#[tokio::test]
async fn a_decoder_behind_a_pointer_uses_its_cache() {
    let issuer = TestIssuer::new();
    let decoder: Arc<dyn TokenDecoder> = Arc::new(issuer.decoder());
    let app = Router::new().route("/", on_get(status)).with_state(ResourceServer::new(Arc::clone(&decoder)));
    let token = issuer.token().sign();
    assert!(decoder.cached(&token).is_none());
    assert_eq!(get(&app, "/", &[&format!("Bearer {token}")]).await.status, 200);
    assert!(decoder.cached(&token).is_some() && decoder.cached_bytes(token.as_bytes()).is_some());
    let forged = issuer.token().forged().sign();
    assert_eq!(get(&app, "/", &[&format!("Bearer {forged}")]).await.status, 401);
}

/// One function makes the key and the decoder.
fn decoder(secret: &str) -> Result<JwtDecoder, JwtDecoderError> {
    let key = VerificationKey::from_secret(Algorithm::HS256, secret)?;
    JwtDecoder::builder().issuer("http://localhost").audience("api").key(key).build()
}

#[test]
fn the_error_of_a_key_is_one_of_its_decoder() {
    assert!(decoder(&"s".repeat(32)).is_ok());
    let error = decoder("short").expect_err("a short secret");
    assert!(matches!(error, JwtDecoderError::Key(KeyError::ShortSecret { bytes: 5, .. })));
    let key = VerificationKey::from_secret(Algorithm::HS256, "short").expect_err("a short secret");
    assert_eq!(error.to_string(), key.to_string());
    assert_eq!(format!("{error:?}"), format!("{key:?}"));
    assert!(std::error::Error::source(&error).is_none(), "the message is not repeated");
}
