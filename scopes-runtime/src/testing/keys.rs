use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "issuer")]
use serde_json::{Value, json};

use super::signing_key::SigningKey;

/// The current signing key, shared by an issuer and the server of its key set.
#[derive(Clone, Debug)]
pub(super) struct TestKeys(Arc<Mutex<Arc<SigningKey>>>);

impl TestKeys {
    pub(super) fn current(&self) -> Arc<SigningKey> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the key by a new one with the next number as `kid`.
    pub(super) fn rotate(&self) {
        let mut key = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kid: u64 = key.kid.parse().expect("keys are numbered");
        *key = Arc::new(SigningKey::new((kid + 1).to_string()));
    }

    #[cfg(feature = "issuer")]
    pub(super) fn set(&self) -> Value {
        json!({ "keys": [self.current().jwk] })
    }
}

impl Default for TestKeys {
    fn default() -> Self {
        let key = SigningKey::new("1".to_owned());
        Self(Arc::new(Mutex::new(Arc::new(key))))
    }
}
