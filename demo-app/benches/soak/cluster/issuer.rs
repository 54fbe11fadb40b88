//! An issuer whose keys rotate, and that is unreachable for a while.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, http::header, routing::get};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp, jwk::Jwk};
use scopes_runtime::testing::DpopKey;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

/// How long after its publication the copies may respond with 503 to tokens of a key: they fetch the keys at most once in
/// 10 s, and a request waits for at most 5 s.
const NEW_KEY_TOLERANCE: Duration = Duration::from_secs(15);
/// The same after an outage: the time between two attempts has grown to at most 60 s.
const OUTAGE_TOLERANCE: Duration = Duration::from_secs(75);
/// PKCS#8 of a private key on P-256 (RFC 5208, RFC 5915), up to its scalar.
const PRIVATE: [u8; 35] =
    *b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\
    \x3d\x03\x01\x07\x04\x27\x30\x25\x02\x01\x01\x04\x20";

/// A key, and tokens that it has signed.
#[derive(Clone)]
pub(super) struct Key {
    kid: String,
    key: EncodingKey,
    jwk: Value,
    /// Until when tokens of this key may get 503.
    pub(super) unknown_until: Instant,
    pub(super) good: Vec<String>,
    pub(super) scope_missing: Vec<String>,
    pub(super) bound: Vec<String>,
}

struct State {
    /// The newest key is last. The last two are published.
    keys: Vec<Arc<Key>>,
    rotated: Instant,
    rotations: usize,
    server: Option<JoinSet<()>>,
}

/// The issuer. The clients share it.
pub(super) struct Issuer {
    pub(super) url: String,
    addr: SocketAddr,
    audience: String,
    interval: Duration,
    pub(super) dpop: DpopKey,
    state: Mutex<State>,
}

impl Issuer {
    pub(super) async fn start(audience: String, interval: Duration) -> Arc<Self> {
        // An error means that a provider is already installed.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        drop(listener);
        let state = State { keys: Vec::new(), rotated: Instant::now(), rotations: 0, server: None };
        let state = Mutex::new(state);
        let (url, dpop) = (format!("http://{addr}"), DpopKey::new());
        let issuer = Arc::new(Self { url, addr, audience, interval, dpop, state });
        issuer.rotate(NEW_KEY_TOLERANCE);
        issuer.rotate(NEW_KEY_TOLERANCE);
        issuer.serve().await;
        issuer
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes a new key and the one before it.
    fn rotate(&self, tolerance: Duration) {
        let number = self.state().rotations;
        let key = Arc::new(self.new_key(format!("key-{number}"), tolerance));
        let mut state = self.state();
        state.keys.push(key);
        if state.keys.len() > 5 {
            state.keys.remove(0);
        }
        state.rotated = Instant::now();
        state.rotations += 1;
    }

    /// Rotates the keys if it is time and the issuer is reachable.
    pub(super) fn rotate_if_due(&self) {
        let is_due = {
            let state = self.state();
            state.server.is_some() && state.rotated.elapsed() >= self.interval
        };
        if is_due {
            self.rotate(NEW_KEY_TOLERANCE);
        }
    }

    pub(super) fn rotations(&self) -> usize {
        self.state().rotations
    }

    fn new_key(&self, kid: String, tolerance: Duration) -> Key {
        let mut number: [u8; 32] = rand::random();
        // Neither zero nor above the order of the curve.
        number[0] &= 0x7f;
        number[31] |= 1;
        let key = EncodingKey::from_ec_der(&[&PRIVATE[..], &number].concat());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a private key on P-256");
        jwk.common.key_id = Some(kid.clone());
        let jwk = serde_json::to_value(jwk).expect("a JWK is JSON");
        let unknown_until = Instant::now() + tolerance;
        let mut key =
            Key { kid, key, jwk, unknown_until, good: vec![], scope_missing: vec![], bound: vec![] };
        let bound = json!({ "cnf": { "jkt": self.dpop.thumbprint() } });
        key.good = (0..300).map(|_| self.sign(&key, json!({}))).collect();
        key.scope_missing = (0..50).map(|_| self.sign(&key, json!({ "scope": "me" }))).collect();
        key.bound = (0..50).map(|_| self.sign(&key, bound.clone())).collect();
        key
    }

    /// Signs a token of the user `johndoe` with all scopes. `changes` replace claims.
    pub(super) fn sign(&self, key: &Key, changes: Value) -> String {
        let now = get_current_timestamp();
        let mut claims = json!({
            "iss": self.url, "aud": self.audience, "sub": "johndoe", "client_id": "client", "iat": now,
            "exp": now + 3600, "jti": rand::random::<u64>().to_string(), "scope": "me items items:write",
        });
        if let (Value::Object(claims), Value::Object(changes)) = (&mut claims, changes) {
            claims.extend(changes);
        }
        let mut header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::ES256) };
        header.kid = Some(key.kid.clone());
        encode(&header, &claims, &key.key).expect("a token")
    }

    /// Signs with a key that is not published, under the `kid` of a published one.
    pub(super) fn forge_with_kid_of(&self, key: &Key, unpublished: &Key) -> String {
        self.sign(&Key { kid: key.kid.clone(), ..unpublished.clone() }, json!({}))
    }

    /// Signs with a key that is not published, under a new `kid`.
    pub(super) fn forge_with_new_kid(&self, unpublished: &Key) -> String {
        let kid = format!("x-{}", rand::random::<u64>());
        self.sign(&Key { kid, ..unpublished.clone() }, json!({}))
    }

    /// Returns a key that is never published.
    pub(super) fn unpublished_key(&self) -> Key {
        self.new_key("unpublished".to_owned(), Duration::ZERO)
    }

    /// Returns the newest key.
    pub(super) fn newest(&self) -> Arc<Key> {
        let state = self.state();
        Arc::clone(state.keys.last().expect("the issuer has keys from its start"))
    }

    /// Returns the key before the newest one. `None` if it is about to be withdrawn.
    pub(super) fn previous(&self) -> Option<Arc<Key>> {
        let state = self.state();
        // The rotation after an outage comes at once.
        let is_leaving =
            state.server.is_none() || state.rotated.elapsed() + Duration::from_secs(7) > self.interval;
        (!is_leaving).then(|| Arc::clone(&state.keys[state.keys.len() - 2]))
    }

    /// Returns a key that was withdrawn at least two rotations ago.
    pub(super) fn withdrawn(&self) -> Option<Arc<Key>> {
        let state = self.state();
        (state.keys.len() == 5).then(|| Arc::clone(&state.keys[0]))
    }

    /// Closes the listener and all connections.
    pub(super) async fn fail(&self, outage: Duration) {
        let server = self.state().server.take();
        if let Some(mut server) = server {
            server.shutdown().await;
        }
        // Keys that the copies may not have fetched yet stay unknown.
        let mut state = self.state();
        let now = Instant::now();
        for key in state.keys.iter_mut().filter(|key| key.unknown_until > now) {
            *key = Arc::new(Key { unknown_until: now + outage + OUTAGE_TOLERANCE, ..Key::clone(key) });
        }
    }

    /// Listens again, with a new key.
    pub(super) async fn recover(self: &Arc<Self>) {
        self.rotate(OUTAGE_TOLERANCE);
        self.serve().await;
    }

    async fn serve(self: &Arc<Self>) {
        let listener = TcpListener::bind(self.addr).await.expect("the port of the issuer is free");
        let metadata = json!({ "issuer": self.url, "jwks_uri": format!("{}/jwks", self.url) }).to_string();
        // A connection that stays open would outlive the listener, and the outage.
        let headers = [(header::CACHE_CONTROL, "max-age=60"), (header::CONNECTION, "close")];
        let (issuer, jwks_headers) = (Arc::clone(self), headers.clone());
        let jwks = move || async move {
            let state = issuer.state();
            let published: Vec<_> = state.keys.iter().rev().take(2).map(|key| &key.jwk).collect();
            (jwks_headers, json!({ "keys": published }).to_string())
        };
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { (headers, metadata) }))
            .route("/jwks", get(jwks));
        let mut server = JoinSet::new();
        server.spawn(async move { drop(axum::serve(listener, app).await) });
        self.state().server = Some(server);
    }
}
