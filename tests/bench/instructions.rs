//! Counts the instructions of a request with callgrind, which gives the same figures on a busy machine:
//! `cargo bench -p scopes-tests --no-default-features --bench instructions`. Needs `valgrind`.

mod bound_token;
mod orgs;
mod tokens;

use std::process::Command;
use std::{env, hint};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use bound_token::{BoundToken, has_signature_of, key_of};
use futures_util::FutureExt as _;
use jsonwebtoken::decode;
use scopes_runtime::{
    AccessToken, JwtDecoder, ResourceServer, ScopedRouter, TokenDecoder, requires_scopes, router,
};
use scopes_tests::Scope;
use serde_json::Value;
use tokens::{ALGORITHMS, AUDIENCE, ISSUER, algorithm, decoding_key, tokens, validation, verification_key};
use tower::Service as _;

/// The requests of the longer of two runs. The shorter has none of them, so the difference is theirs.
const REQUESTS: usize = 500;

/// The first requests and tokens, which fill the caches.
const WARM_UP: usize = 10;

const BY_HAND: &str = " by hand";
const DPOP: &str = "cached token with a new DPoP proof";
const DPOP_SIGNATURE: &str = "the signature of the proof alone";

const REQUEST_CASES: [(&str, &str, Option<&str>, u16); 8] = [
    ("open route", "/open", Some("me items"), 200),
    ("cached token", "/scoped", Some("me items"), 200),
    ("cached token, taken by the handler", "/token", Some("me items"), 200),
    ("cached token, scoped router", "/orgs/acme/any", Some("me org:acme:read"), 200),
    ("cached token, scope with a parameter", "/orgs/acme", Some("me org:acme:read"), 200),
    ("no token", "/scoped", None, 401),
    ("scope missing", "/scoped", Some("items"), 403),
    ("two alternatives missing", "/alternatives", Some("items"), 403),
];

async fn open() -> &'static str {
    "Hello, World!"
}

#[requires_scopes("me")]
async fn scoped() -> &'static str {
    "Hello, World!"
}

#[requires_scopes("me")]
async fn with_token(token: AccessToken) -> &'static str {
    hint::black_box(token);
    "Hello, World!"
}

#[requires_scopes("me", any("items", "items:write"))]
async fn alternatives() -> &'static str {
    "Hello, World!"
}

fn decoder(name: &str) -> JwtDecoder {
    let key = verification_key(algorithm(name));
    JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE).key(key).build().expect("a decoder")
}

fn send_requests(path: &str, scope: Option<&str>, status: u16, count: usize) {
    let mut app: Router = Router::new()
        .route("/open", get(open))
        .route("/scoped", get(scoped))
        .route("/token", get(with_token))
        .route("/alternatives", get(alternatives))
        .merge(Router::from(
            ScopedRouter::new()
                .route("/orgs/{org}/any", router::get(scoped))
                .route("/orgs/{org}", router::get(orgs::of_one)),
        ))
        .with_state(ResourceServer::new(decoder("HS256")));
    let token = scope.map(|scope| format!("Bearer {}", tokens("HS256", scope, 1).remove(0)));
    for _ in 0..count + WARM_UP {
        let request = Request::get(path);
        let request = match &token {
            Some(token) => request.header("authorization", token),
            None => request,
        };
        let request = request.body(Body::empty()).expect("a request");
        let response = app.call(request).now_or_never().expect("an immediate result").expect("infallible");
        assert_eq!(response.status(), status);
    }
}

fn decode_tokens(name: &str, count: usize) {
    let (decoder, tokens) = (decoder(name), tokens(name, "me items", REQUESTS + WARM_UP));
    for token in &tokens[..count + WARM_UP] {
        hint::black_box(
            decoder.decode(token).now_or_never().expect("an immediate result").expect("a good token"),
        );
    }
}

/// With all checks that jsonwebtoken makes.
fn decode_tokens_by_hand(name: &str, count: usize) {
    let (key, tokens) = (decoding_key(algorithm(name)), tokens(name, "me items", REQUESTS + WARM_UP));
    let validation = validation(algorithm(name));
    for token in &tokens[..count + WARM_UP] {
        hint::black_box(decode::<Value>(token, &key, &validation).expect("a good token"));
    }
}

fn send_proofs(count: usize) {
    let bound = BoundToken::new();
    let mut app: Router = Router::new().route("/scoped", get(scoped)).with_state(bound.server());
    for proof in &proofs(&bound)[..count + WARM_UP] {
        let response = app.call(bound.request(proof)).now_or_never();
        let response = response.expect("an immediate result").expect("infallible");
        assert_eq!(response.status(), 200);
    }
}

/// Verifies only the signatures, with a key that is read once.
fn verify_signatures(count: usize) {
    let proofs = proofs(&BoundToken::new());
    let key = key_of(&proofs[0]);
    for proof in &proofs[..count + WARM_UP] {
        assert!(has_signature_of(&key, proof));
    }
}

/// Returns the proofs of the longer run, because signing takes instructions too.
fn proofs(bound: &BoundToken) -> Vec<String> {
    (0..REQUESTS + WARM_UP).map(|_| bound.proof()).collect()
}

fn run(case: &str, count: usize) {
    match case {
        DPOP => return send_proofs(count),
        DPOP_SIGNATURE => return verify_signatures(count),
        _ => {}
    }
    if let Some((_, path, scope, status)) = REQUEST_CASES.iter().find(|(name, ..)| *name == case) {
        return send_requests(path, *scope, *status, count);
    }
    match case.strip_suffix(BY_HAND) {
        Some(name) => decode_tokens_by_hand(name, count),
        None => decode_tokens(case, count),
    }
}

fn instructions(case: &str, count: usize) -> u64 {
    let program = env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([case, &count.to_string()])
        .output()
        .expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let collected = text.lines().find_map(|line| line.split_once("Collected : "));
    collected.and_then(|(_, count)| count.trim().parse().ok()).expect("a count of instructions")
}

fn main() {
    // Cargo adds `--bench`.
    let arguments: Vec<_> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [case, count] = &*arguments {
        run(case, count.parse().expect("a count"));
        return;
    }
    let requests = REQUEST_CASES.map(|(name, ..)| name.to_owned()).into_iter();
    let decoded = ALGORITHMS.into_iter().flat_map(|name| [name.to_owned(), format!("{name}{BY_HAND}")]);
    let dpop = [DPOP, DPOP_SIGNATURE].map(str::to_owned);
    for case in requests.chain(decoded).chain(dpop) {
        let instructions = instructions(&case, REQUESTS) - instructions(&case, 0);
        println!("{case:36} {:>9}", instructions / REQUESTS as u64);
    }
}
