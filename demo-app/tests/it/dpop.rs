//! Tokens that are bound to DPoP keys, and `examples/dpop.sh`.

use std::{path::Path, process::Command};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use demo_app::{Database, DpopMode, JwtSecret, Tokens};
use jsonwebtoken::{decode_header, get_current_timestamp};
use scopes_runtime::testing::{DpopKey, TestIssuer, TestToken};
use serde_json::json;

use crate::{
    program::{Running, refusal, serving},
    redis::Redis,
    support::{Demo, ISSUER, SECRET, TestResponse},
};

const TOKEN_ENDPOINT: &str = "http://demo.test/token";
const ITEMS: &str = "http://demo.test/users/me/items/";

async fn demo(mode: DpopMode) -> Demo {
    let secret = JwtSecret::from(SECRET.to_owned());
    let tokens = Tokens::signed_with_secret(ISSUER.to_owned(), "demo-app".to_owned(), &secret, mode, None);
    Demo::with(Database::open(":memory:").await.unwrap(), tokens.unwrap())
}

/// Returns a proof for the token endpoint. It has no `ath`, as there is no token yet.
fn first_proof(key: &DpopKey) -> TestToken {
    key.proof("POST", TOKEN_ENDPOINT, "").without_claim("ath")
}

async fn request_token(demo: &Demo, proofs: &[&str]) -> TestResponse {
    let request = Request::post("/token").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = proofs.iter().fold(request, |request, proof| request.header("dpop", *proof));
    let form = "grant_type=password&username=johndoe&password=secret&scope=me+items";
    demo.send(request.body(Body::from(form)).unwrap()).await
}

async fn items(demo: &Demo, scheme: &str, token: &str, proof: Option<&str>) -> TestResponse {
    let request = Request::get("/users/me/items/").header(header::AUTHORIZATION, format!("{scheme} {token}"));
    let request = proof.into_iter().fold(request, |request, proof| request.header("dpop", proof));
    demo.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_token_is_bound_to_the_key_of_the_proof() {
    let (demo, key) = (demo(DpopMode::Accepted).await, DpopKey::new());
    let response = request_token(&demo, &[&first_proof(&key).sign()]).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    let response = response.json();
    assert_eq!(response["token_type"], "DPoP");
    let token = response["access_token"].as_str().unwrap();

    let proof = key.proof("GET", ITEMS, token).sign();
    let accepted = items(&demo, "DPoP", token, Some(&proof)).await;
    assert_eq!((accepted.status, &accepted.json()[0]["item_id"]), (StatusCode::OK, &json!("Foo")));
    let other = DpopKey::new().proof("GET", ITEMS, token).sign();
    for (scheme, proof, error) in [
        ("DPoP", Some(&*proof), "invalid_dpop_proof"),
        ("DPoP", None, "invalid_dpop_proof"),
        ("DPoP", Some(&*other), "invalid_token"),
        ("Bearer", None, "invalid_token"),
    ] {
        let refused = items(&demo, scheme, token, proof).await;
        assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::UNAUTHORIZED, &json!(error)));
        assert!(refused.challenge().unwrap().starts_with(scheme));
    }
}

#[tokio::test]
async fn without_a_proof_the_token_is_a_bearer_token() {
    let demo = demo(DpopMode::Accepted).await;
    assert_eq!(request_token(&demo, &[]).await.json()["token_type"], "bearer");
    let token = demo.token("me items").await;
    assert_eq!(demo.get("/users/me/items/", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_may_be_required() {
    let (demo, key) = (demo(DpopMode::Required).await, DpopKey::new());
    let refused = request_token(&demo, &[]).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_dpop_proof"))
    );
    let bearer = Demo::new().await.token("me items").await;
    assert_eq!(items(&demo, "Bearer", &bearer, None).await.status, StatusCode::UNAUTHORIZED);

    let response = request_token(&demo, &[&first_proof(&key).sign()]).await.json();
    let token = response["access_token"].as_str().unwrap();
    let proof = key.proof("GET", ITEMS, token).sign();
    assert_eq!(items(&demo, "DPoP", token, Some(&proof)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_the_option_no_token_is_bound() {
    let (demo, key) = (Demo::new().await, DpopKey::new());
    let response = request_token(&demo, &[&first_proof(&key).sign()]).await.json();
    assert_eq!(response["token_type"], "bearer");
    assert_eq!(
        demo.get("/users/me/", response["access_token"].as_str().unwrap()).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn wrong_proofs_are_refused_at_the_token_endpoint() {
    let (demo, key) = (demo(DpopMode::Accepted).await, DpopKey::new());
    let good = || first_proof(&key);
    let jwk = decode_header(good().sign()).unwrap().jwk;
    let mut private = serde_json::to_value(jwk).unwrap();
    private["d"] = json!("AAAA");
    let now = get_current_timestamp();
    let wrong = [
        good().without_header("typ"),
        good().header("typ", "JWT"),
        good().header("alg", "none"),
        good().header("alg", "EdDSA"),
        good().header("crit", json!(["exp"])),
        good().without_header("jwk"),
        good().header("jwk", private),
        good().header("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        good().forged(),
        good().signed_with_secret(SECRET),
        good().without_claim("jti"),
        good().claim("jti", ""),
        good().claim("htm", "GET"),
        good().claim("htu", "http://demo.test/other"),
        good().claim("htu", "https://demo.test/token"),
        good().claim("iat", now - 120),
        good().claim("iat", now + 120),
        good().claim("iat", u64::MAX),
        good().without_claim("iat"),
        good().claim("exp", now - 120),
    ];
    let wrong: Vec<_> = wrong.iter().map(TestToken::sign).collect();
    let good = good().sign();
    let mut requests: Vec<Vec<&str>> = wrong.iter().map(|proof| vec![&**proof]).collect();
    requests.extend([vec![""], vec!["a.b.c"], vec!["é"], vec![&good, &good]]);
    for proofs in requests {
        let response = request_token(&demo, &proofs).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{proofs:?}");
        assert_eq!(response.json()["error"], "invalid_dpop_proof");
        assert!(response.json()["error_description"].as_str().unwrap().ends_with('.'));
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }
    assert_eq!(request_token(&demo, &[&good]).await.status, StatusCode::OK);
}

#[test]
fn the_issuer_is_the_url_of_the_api() {
    let error = refusal(&serving().args(["--dpop", "accepted", "--issuer", "demo"]).output().unwrap());
    assert!(error.contains("--dpop") && error.contains("`demo`"), "{error}");
    let error = refusal(
        &serving().args(["--dpop", "accepted", "--issuer-url", "http://127.0.0.1:1"]).output().unwrap(),
    );
    assert!(error.contains("--audience") && error.contains("`demo-app`"), "{error}");
}

#[test]
fn an_invalid_replay_store_is_refused() {
    let issuer =
        ["--issuer-url", "http://127.0.0.1:1", "--dpop", "accepted", "--audience", "http://demo.test"];
    let error = refusal(&serving().args(issuer).args(["--redis", "http://127.0.0.1"]).output().unwrap());
    assert!(error.contains("--redis"), "{error}");
    let redis = ["--redis", "redis://127.0.0.1"];
    let with_issuer = ["--issuer-url", "http://127.0.0.1:1", "--redis", "redis://127.0.0.1"];
    for options in [&redis[..], &with_issuer] {
        let error = refusal(&serving().args(options).output().unwrap());
        assert!(error.contains("--redis") && error.contains("--dpop"), "{error}");
    }
}

#[test]
fn copies_with_their_own_issuer_share_used_proofs_on_redis() {
    let Some(redis) = Redis::start() else { return };
    for mode in ["accepted", "required"] {
        let copy = || {
            let mut command = serving();
            command.args([
                "--jwt-secret",
                SECRET,
                "--issuer",
                ISSUER,
                "--dpop",
                mode,
                "--redis",
                &redis.url(),
            ]);
            Running::start(&mut command)
        };
        let (one, other, key) = (copy(), copy(), DpopKey::new());
        let token = one.log_in_with("me+items", &format!("DPoP: {}\n", first_proof(&key).sign()));
        let items = |copy: &Running, proof: &str| {
            copy.send(&format!(
                "GET /users/me/items/ HTTP/1.1\nHost: demo\nConnection: close\nAuthorization: DPoP {token}\nDPoP: {proof}\n\n"
            ))
        };
        let proof = || key.proof("GET", ITEMS, &token).sign();
        let used = proof();
        assert!(items(&one, &used).starts_with("HTTP/1.1 200"), "{mode}");
        let again = items(&other, &used);
        assert!(again.starts_with("HTTP/1.1 401") && again.contains("invalid_dpop_proof"), "{again}");
        assert!(items(&other, &proof()).starts_with("HTTP/1.1 200"), "{mode}");
    }
}

#[tokio::test]
async fn tokens_of_another_issuer_are_bound_to_their_keys() {
    let issuer = TestIssuer::new().with_audience("http://demo.test").serve();
    let (url, audience) = (issuer.url().to_owned(), issuer.audience().to_owned());
    let tokens = Tokens::from_issuer(url, audience, DpopMode::Accepted, None).unwrap();
    let demo = Demo::with(Database::open(":memory:").await.unwrap(), tokens);
    let key = DpopKey::new();
    let token = issuer.token().subject("johndoe").scopes(["me", "items"]).bound_to(&key).sign();
    let proof = key.proof("GET", ITEMS, &token).sign();
    let accepted = items(&demo, "DPoP", &token, Some(&proof)).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.text());
    let other = DpopKey::new().proof("GET", ITEMS, &token).sign();
    for (scheme, proof) in
        [("DPoP", Some(&*proof)), ("DPoP", Some(&*other)), ("DPoP", None), ("Bearer", None)]
    {
        assert_eq!(items(&demo, scheme, &token, proof).await.status, StatusCode::UNAUTHORIZED, "{scheme}");
    }
}

#[test]
fn the_script_prints_what_the_readme_shows() {
    let missing = ["bash", "curl", "openssl"]
        .into_iter()
        .find(|tool| Command::new(tool).arg("version").output().is_err());
    if let Some(missing) = missing {
        println!("skipped: {missing} is not installed");
        return;
    }
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/keys/p256.pem");
    let readme = include_str!("../../README.md");
    let (_, shown) = readme.split_once("\n$ demo-app/examples/dpop.sh\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let demo = Running::start(serving().args(["--dpop", "accepted"]).arg("--signing-key").arg(key));
    assert!(demo.start.contains("dpop.sh"), "{}", demo.start);
    let mut script = Command::new("bash");
    script.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/dpop.sh")).arg(format!("http://{}", demo.addr));
    let output = script.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, shown, "{}", String::from_utf8_lossy(&output.stderr));
    let metadata = demo.get("/.well-known/oauth-authorization-server", "none");
    assert!(metadata.contains(r#""dpop_signing_alg_values_supported":["ES256","EdDSA"]"#), "{metadata}");
}
