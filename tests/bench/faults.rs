//! Measures statuses and latency of a resource server while its issuer fails. `cargo bench -p scopes-tests --bench faults`
//! prints a table.
//!
//! Each fault begins after the keys were fetched once. Then 32 clients send requests for 6 s: nine of ten with a token of a
//! known key, the tenth with an unknown `kid`, which causes a fetch of the keys.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64ct::{Base64, Encoding as _};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use scopes_runtime::{Jwks, JwtDecoder, ResourceServer, requires_scopes};
use scopes_tests::Scope;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::RwLock;
use tower::ServiceExt as _;

const CLIENTS: u64 = 32;
const TIME: Duration = Duration::from_secs(6);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    Down,
    Silent,
    Errors,
    Html,
    HugeBody,
    EndlessBody,
    AnotherIssuer,
    RedirectLoop,
    Flapping,
    Rotating,
}

/// An issuer on loopback, with a fault.
#[derive(Clone)]
struct Issuer {
    url: String,
    fault: Arc<RwLock<Fault>>,
    started: Instant,
    requests: Arc<AtomicU64>,
}

#[requires_scopes("me")]
async fn handler() {}

fn key(pem: &str) -> EncodingKey {
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    EncodingKey::from_ec_der(&Base64::decode_vec(&lines).expect("base64"))
}

fn jwk(pem: &str, kid: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(&key(pem), Algorithm::ES256).expect("a key");
    jwk.common.key_id = Some(kid.to_owned());
    serde_json::to_value(jwk).expect("JSON")
}

const KEY: &str = include_str!("../keys/p256.pem");

impl Issuer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let fault = Arc::new(RwLock::new(Fault::None));
        let issuer = Self { url, fault, started: Instant::now(), requests: Arc::default() };
        let app = Router::new().fallback(Self::answer).with_state(issuer.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        issuer
    }

    async fn answer(State(issuer): State<Self>, request: Request) -> Response {
        issuer.requests.fetch_add(1, Ordering::Relaxed);
        let is_set = request.uri().path() == "/jwks";
        let fault = *issuer.fault.read().await;
        let is_up = issuer.started.elapsed().as_millis() / 200 % 2 == 0;
        let extra = format!("rotated {}", issuer.started.elapsed().as_secs());
        match fault {
            Fault::Down | Fault::Errors => return StatusCode::BAD_GATEWAY.into_response(),
            Fault::Silent => std::future::pending().await,
            Fault::Html => return "<html>log in</html>".into_response(),
            Fault::HugeBody => return " ".repeat(300 * 1024).into_response(),
            Fault::EndlessBody => {
                let chunks = std::iter::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 8192]));
                return Body::from_stream(futures_util::stream::iter(chunks)).into_response();
            }
            Fault::RedirectLoop => {
                let here = request.uri().to_string();
                return (StatusCode::FOUND, [(header::LOCATION, here)]).into_response();
            }
            Fault::Flapping if !is_up => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Fault::None | Fault::AnotherIssuer | Fault::Flapping | Fault::Rotating => {}
        }
        if is_set {
            let mut keys = vec![jwk(KEY, "known")];
            keys.extend((fault == Fault::Rotating).then(|| jwk(KEY, &extra)));
            return axum::Json(json!({ "keys": keys })).into_response();
        }
        let name = if fault == Fault::AnotherIssuer { "https://another.example" } else { &issuer.url };
        axum::Json(json!({ "issuer": name, "jwks_uri": format!("{}/jwks", issuer.url) })).into_response()
    }

    fn token(&self, kid: &str) -> String {
        let claims = json!({
            "iss": self.url,
            "aud": "https://api.example",
            "sub": "alice",
            "exp": get_current_timestamp() + 300,
            "scope": "me",
        });
        let mut header = Header::new(Algorithm::ES256);
        (header.typ, header.kid) = (Some("at+jwt".to_owned()), Some(kid.to_owned()));
        encode(&header, &claims, &key(KEY)).expect("a token")
    }
}

async fn send(app: &Router, token: &str) -> (StatusCode, Duration) {
    let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let start = Instant::now();
    let answer = app.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
    (answer.unwrap_or_else(|never| match never {}).status(), start.elapsed())
}

/// The statuses and latencies of requests.
#[derive(Default)]
struct Seen {
    statuses: BTreeMap<u16, usize>,
    latencies: Vec<Duration>,
}

impl Seen {
    fn add(&mut self, (status, latency): (StatusCode, Duration)) {
        *self.statuses.entry(status.as_u16()).or_default() += 1;
        self.latencies.push(latency);
    }

    fn join(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.latencies.extend(other.latencies);
    }

    fn row(&mut self) -> String {
        self.latencies.sort_unstable();
        let at = |part: f64| self.latencies[((self.latencies.len() - 1) as f64 * part) as usize];
        let statuses: Vec<_> =
            self.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        format!("{:?} | {:?} | {:?} | {}", at(0.5), at(0.99), at(1.0), statuses.join(", "))
    }
}

async fn run(fault: Fault) {
    let issuer = Issuer::start().await;
    let builder = JwtDecoder::builder().issuer(&*issuer.url).audience("https://api.example");
    let decoder = builder.jwks(Jwks::discovery()).build().expect("a decoder");
    let app = Router::new().route("/", get(handler)).with_state(ResourceServer::new(decoder));
    let (known, unknown) = (issuer.token("known"), issuer.token("unknown"));
    assert_eq!(send(&app, &known).await.0, StatusCode::OK);
    *issuer.fault.write().await = fault;
    // From now on a token may cause another fetch.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    let before = issuer.requests.load(Ordering::Relaxed);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (app, known, unknown) = (app.clone(), known.clone(), unknown.clone());
            tokio::spawn(async move {
                let (mut of_known, mut of_unknown) = (Seen::default(), Seen::default());
                let start = Instant::now();
                for number in client.. {
                    if start.elapsed() > TIME {
                        break;
                    }
                    match number % 10 {
                        0 => of_unknown.add(send(&app, &unknown).await),
                        _ => of_known.add(send(&app, &known).await),
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                (of_known, of_unknown)
            })
        })
        .collect();
    let (mut of_known, mut of_unknown) = (Seen::default(), Seen::default());
    for client in clients {
        let (known, unknown) = client.await.expect("no panic");
        of_known.join(known);
        of_unknown.join(unknown);
    }
    let fetches = issuer.requests.load(Ordering::Relaxed) - before;
    println!("| {fault:?} | known | {} | {fetches} |", of_known.row());
    println!("| | unknown | {} | |", of_unknown.row());
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("| fault | key | p50 | p99 | longest | answers | requests to the issuer |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    use Fault::*;
    for fault in [
        None,
        Down,
        Silent,
        Errors,
        Html,
        HugeBody,
        EndlessBody,
        AnotherIssuer,
        RedirectLoop,
        Flapping,
        Rotating,
    ] {
        run(fault).await;
    }
}
