//! What operators see of keys that are not used.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scopes_runtime::{Algorithm, Jwks};
use serde_json::{Value, json};
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use super::super::super::loopback::Issuer;
use super::{named, outcome, pass};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    /// What is logged since the last call, without the issuer's URL.
    fn take(&self, issuer: &Issuer) -> Vec<String> {
        let text =
            String::from_utf8(std::mem::take(&mut *self.0.lock().expect("not poisoned"))).expect("UTF-8");
        text.lines().map(|line| line.trim_start().replace(&issuer.url, "URL")).collect()
    }
}

/// Decodes as soon as the keys have been fetched so many times.
async fn refresh(issuer: &Issuer, fetches: usize) {
    pass(Duration::from_secs(301)).await;
    while issuer.fetches() < fetches {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test]
async fn each_skipped_key_is_logged_once_for_a_changed_set() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(Level::WARN);
    let subscriber = subscriber.without_time().with_ansi(false).with_target(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let issuer = Issuer::start().await;
    let mut encryption = named(Algorithm::RS256, "encryption");
    encryption["use"] = "enc".into();
    let of_another = |mut key: Value| {
        key["issuer"] = "https://other.example".into();
        key
    };
    let odd = json!([
        { "kty": "AKP", "alg": "secret in alg", "kid": "post\nquantum" },
        { "kty": "RSA", "alg": "secret in alg", "n": "AA", "e": "AQAB", "kid": "k".repeat(1000) },
        { "kty": "secret in kty", "kid": 5 },
        { "kty": "oct", "k": "secret", "kid": "shared" },
        encryption,
        of_another(named(Algorithm::ES256, "other")),
    ]);
    let with = |key: Value| {
        let mut keys = odd.as_array().expect("an array").clone();
        keys.push(key);
        keys
    };
    issuer.publishes(with(named(Algorithm::ES256, "1")));
    let decoder = issuer.discovered();
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some("1"))).await, "ok");
    let unused = |fields: &str| format!("WARN a key of an issuer is not used location=URL {fields}");
    let expected = [
        unused("reason=\"keys of this type are not supported\""),
        unused(&format!("kid=\"{}…\" reason=\"the JWK's `alg` is not supported\"", "k".repeat(64))),
        unused("kid=\"post\\nquantum\" reason=\"keys of this type are not supported\""),
        unused("kid=\"shared\" reason=\"it is a secret, which must not be published\""),
    ];
    assert_eq!(log.take(&issuer), expected);

    // The same keys in another order are the same.
    let mut keys = with(named(Algorithm::ES256, "1"));
    keys[2..].reverse();
    issuer.publishes(keys);
    refresh(&issuer, 2).await;
    assert_eq!(log.take(&issuer), [""; 0]);

    issuer.publishes(odd.clone());
    refresh(&issuer, 3).await;
    let lines = log.take(&issuer);
    let of_others =
        ["encryption", "other"].map(|kid| lines.iter().any(|line| line.contains(&format!("kid=\"{kid}\""))));
    assert_eq!((lines.len(), of_others), (7, [true; 2]), "{lines:#?}");
    assert_eq!(lines[6], "WARN an issuer publishes no key that can be used location=URL");
    refresh(&issuer, 4).await;
    assert_eq!(log.take(&issuer), [""; 0]);
}

#[tokio::test]
async fn at_most_16_skipped_keys_are_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(Level::WARN);
    let subscriber = subscriber.with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let issuer = Issuer::start().await;
    let more = "scopes_runtime::keys: 984 more keys of an issuer are not used location=URL";
    for (count, more) in [(16, None), (1000, Some(more))] {
        let mut keys: Vec<_> =
            (0..count).map(|number| json!({ "kty": "AKP", "kid": format!("{number}") })).collect();
        keys.push(named(Algorithm::ES256, "good"));
        issuer.publishes(keys);
        assert_eq!(outcome(&issuer.discovered(), &issuer.token(Algorithm::ES256, Some("good"))).await, "ok");
        let lines = log.take(&issuer);
        assert_eq!(lines.len(), 16 + more.iter().len());
        assert!(more.is_none_or(|more| lines[16].ends_with(more)), "{}", lines[16]);
    }
}

#[tokio::test]
async fn the_query_of_a_key_set_is_not_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(Level::WARN);
    let _guard = tracing::subscriber::set_default(subscriber.without_time().with_ansi(false).finish());
    let issuer = Issuer::start().await;
    let decoder = issuer.decoder_with(Jwks::uri(format!("{}/secured?code=s3cret", issuer.url)));
    let token = issuer.token(Algorithm::ES256, None);
    assert_eq!(outcome(&decoder, &token).await, "unavailable");
    let expected = "WARN scopes_runtime::keys: an issuer's keys cannot be fetched location=URL/secured?… \
                    reason=\"URL/secured?… responded 404 Not Found\"";
    assert_eq!(log.take(&issuer), [expected]);
}
