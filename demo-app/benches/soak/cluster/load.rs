//! The requests of the clients, and which responses are right.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::{net::TcpStream, time::sleep};

use super::issuer::{Issuer, Key};
use crate::{
    client::{Response, send},
    requests::choose,
};

/// The pause of a client between two requests.
const PAUSE: Duration = Duration::from_millis(25);

/// A kind of request.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// How many of 121 requests are of this kind.
    weight: u32,
    /// The status of the response.
    pub(super) expected: u16,
}

const fn kind(name: &'static str, weight: u32, expected: u16) -> Kind {
    Kind { name, weight, expected }
}

pub(super) const KINDS: [Kind; 17] = [
    kind("own user", 30, 200),
    kind("own items", 15, 200),
    kind("new token", 10, 200),
    kind("existing item", 5, 409),
    kind("scope missing", 5, 403),
    kind("expired token", 4, 401),
    kind("altered token", 4, 401),
    kind("forged token, known `kid`", 4, 401),
    kind("forged token, unknown `kid`", 2, 401),
    kind("token of a withdrawn key", 2, 401),
    kind("token of another audience", 3, 401),
    kind("no token", 3, 401),
    kind("DPoP", 15, 200),
    kind("DPoP proof again", 10, 401),
    kind("DPoP proof missing", 3, 401),
    kind("DPoP proof of another key", 3, 401),
    kind("bound token as bearer token", 3, 401),
];

/// The responses to one kind of request.
#[derive(Default)]
pub(super) struct Results {
    pub(super) statuses: BTreeMap<u16, usize>,
    pub(super) unexpected: usize,
    /// Responses with 503 because a key was not known yet.
    pub(super) key_unknown: usize,
    /// Requests without a response of a copy, while one was killed.
    pub(super) lost: usize,
    pub(super) latencies: Vec<u32>,
}

/// What the clients share.
pub(super) struct Load {
    pub(super) issuer: Arc<Issuer>,
    pub(super) addr: SocketAddr,
    pub(super) unpublished: Key,
    /// Whether a copy is away, or was restarted less than 15 s ago.
    pub(super) is_copy_restarting: AtomicBool,
    pub(super) results: Mutex<Vec<Results>>,
    pub(super) failures: Mutex<Vec<String>>,
}

struct Prepared {
    text: String,
    /// Until when 503 is right.
    unknown_until: Option<Instant>,
}

impl Load {
    /// Sends random requests until `end`.
    pub(super) async fn run(self: Arc<Self>, number: u64, end: Instant) {
        let mut rng = StdRng::seed_from_u64(number);
        let mut connection = None;
        while Instant::now() < end {
            let index = choose(KINDS.iter().map(|kind| kind.weight), &mut rng);
            if let Some(request) = self.prepare(KINDS[index].name, &mut rng) {
                let status = self.exchange(index, &request, KINDS[index].expected, &mut connection).await;
                // The proof is used up now, whichever copy has accepted it.
                let repeats = KINDS[index].name == "DPoP" && status == Some(200) && rng.random_bool(0.5);
                if repeats {
                    let again =
                        KINDS.iter().position(|kind| kind.name == "DPoP proof again").expect("a kind");
                    self.exchange(again, &request, 401, &mut connection).await;
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// Returns a request of a kind. `None` if the kind follows another request, or has no token yet.
    fn prepare(&self, kind: &str, rng: &mut StdRng) -> Option<Prepared> {
        let issuer = &self.issuer;
        let previous = issuer.previous().filter(|_| rng.random_bool(0.3));
        let key = previous.unwrap_or_else(|| issuer.newest());
        let pick = rng.random_range(0..50);
        let good = &key.good[rng.random_range(0..key.good.len())];
        let url = format!("http://{}/users/me", self.addr);
        let bound = &key.bound[pick];
        let bearer = |token: &str| get("/users/me", &format!("authorization: Bearer {token}\r\n"));
        let dpop =
            |proof: &str| get("/users/me", &format!("authorization: DPoP {bound}\r\ndpop: {proof}\r\n"));
        let text = match kind {
            "own user" => bearer(good),
            "own items" => get("/users/me/items", &format!("authorization: Bearer {good}\r\n")),
            "new token" => bearer(&issuer.sign(&key, json!({}))),
            "existing item" => {
                let body = r#"{"item_id": "Foo"}"#;
                format!(
                    "POST /users/me/items HTTP/1.1\r\nhost: demo\r\nauthorization: Bearer {good}\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )
            }
            "scope missing" => {
                get("/users/me/items", &format!("authorization: Bearer {}\r\n", key.scope_missing[pick]))
            }
            "expired token" => bearer(&issuer.sign(&key, json!({ "exp": 1_700_000_000 }))),
            "altered token" => bearer(&altered(good)),
            "forged token, known `kid`" => bearer(&issuer.forge_with_kid_of(&key, &self.unpublished)),
            "forged token, unknown `kid`" => bearer(&issuer.forge_with_new_kid(&self.unpublished)),
            "token of a withdrawn key" => bearer(&issuer.withdrawn()?.good[pick]),
            "token of another audience" => bearer(&issuer.sign(&key, json!({ "aud": "http://other.test" }))),
            "no token" => get("/users/me", ""),
            "DPoP" => dpop(&issuer.dpop.proof("GET", &url, bound).sign()),
            "DPoP proof missing" => get("/users/me", &format!("authorization: DPoP {bound}\r\n")),
            "DPoP proof of another key" => {
                dpop(&scopes_runtime::testing::DpopKey::new().proof("GET", &url, bound).sign())
            }
            "bound token as bearer token" => bearer(bound),
            _ => return None,
        };
        // A copy cannot tell such a key from one that the issuer has just published.
        let is_unpublished = ["forged token, unknown `kid`", "token of a withdrawn key"].contains(&kind);
        let unknown_until = (!is_unpublished).then_some(key.unknown_until);
        Some(Prepared { text, unknown_until })
    }

    /// Sends a request and counts its response. Returns the status.
    async fn exchange(
        &self,
        index: usize,
        request: &Prepared,
        expected: u16,
        connection: &mut Option<TcpStream>,
    ) -> Option<u16> {
        let was_restarting = self.is_copy_restarting.load(Ordering::Relaxed);
        let start = Instant::now();
        let response = match connection.take() {
            Some(stream) => Ok(stream),
            None => TcpStream::connect(self.addr).await,
        };
        let response = match response {
            Ok(mut stream) => send(&mut stream, &request.text).await.inspect(|response| {
                if response.keeps {
                    *connection = Some(stream);
                }
            }),
            Err(error) => Err(error),
        };
        let is_restarting = was_restarting || self.is_copy_restarting.load(Ordering::Relaxed);
        let mut all = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let results = &mut all[index];
        let response = match response {
            Ok(Response { status, head, .. }) if head.contains("x-copy: ") => Ok((status, head)),
            Ok(Response { status, .. }) => Err(format!("{status} of the proxy")),
            Err(error) => Err(error.to_string()),
        };
        match response {
            Ok((status, head)) => {
                results.latencies.push(start.elapsed().as_micros() as u32);
                *results.statuses.entry(status).or_default() += 1;
                let may_be_unknown = is_restarting || request.unknown_until.is_none_or(|until| start < until);
                if status == 503 && may_be_unknown && head.contains("retry-after: ") {
                    results.key_unknown += 1;
                } else if status != expected {
                    results.unexpected += 1;
                    let late = request.unknown_until.map(|until| start.saturating_duration_since(until));
                    self.fail(format!(
                        "{}: {status}, {late:?} after the tolerance: {head}",
                        KINDS[index].name
                    ));
                }
                Some(status)
            }
            Err(_) if is_restarting => {
                results.lost += 1;
                None
            }
            Err(error) => {
                results.unexpected += 1;
                self.fail(format!("{}: {error}", KINDS[index].name));
                None
            }
        }
    }

    fn fail(&self, failure: String) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() < 20 {
            failures.push(failure);
        }
    }
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: demo\r\n{headers}\r\n")
}

/// Returns the token with the signature of another message.
fn altered(token: &str) -> String {
    let mut parts = token.split('.');
    let (header, payload) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut signature = parts.next().unwrap_or_default().as_bytes().to_vec();
    signature[10] = if signature[10] == b'A' { b'B' } else { b'A' };
    format!("{header}.{payload}.{}", String::from_utf8_lossy(&signature))
}
