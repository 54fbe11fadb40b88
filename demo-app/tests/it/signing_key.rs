//! Signing tokens with a private key, and the published metadata.

use std::{
    fs,
    path::{Path, PathBuf},
};

use axum::http::StatusCode;
use demo_app::{Database, DpopMode, ExternalIssuer, SigningKey, TokenIssuer, Tokens};
use jsonwebtoken::{
    decode_header,
    jwk::{Jwk, ThumbprintHash},
};
use serde_json::{Value, json};

use crate::{
    program::{refusal, serving},
    storage::fresh_file,
    support::{Demo, ISSUER},
};

/// Returns the path of a test key.
pub(crate) fn key_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/keys/{name}.pem"))
}

async fn demo(key: &str) -> Demo {
    let key = SigningKey::read(&key_file(key)).unwrap();
    let tokens =
        Tokens::signed_with_key(ISSUER.to_owned(), "demo-app".to_owned(), key, DpopMode::Off, None).unwrap();
    Demo::with(Database::open(":memory:").await.unwrap(), tokens)
}

async fn published(demo: &Demo, path: &str) -> Value {
    let response = demo.get_without_token(path).await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.header("content-type"), Some("application/json"));
    response.json()
}

#[tokio::test]
async fn the_key_set_contains_the_public_key_of_the_tokens() {
    for (key, expected) in [
        ("ed25519", json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig" })),
        ("p256", json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig" })),
    ] {
        let demo = demo(key).await;
        let token = demo.token("me").await;
        assert_eq!(demo.get("/users/me/", &token).await.status, StatusCode::OK);

        let mut set = published(&demo, "/.well-known/jwks.json").await;
        assert_eq!(set["keys"].as_array().unwrap().len(), 1);
        let jwk: Jwk = serde_json::from_value(set["keys"][0].clone()).unwrap();
        let kid = jwk.common.key_id.clone().unwrap();
        assert_eq!(kid, jwk.thumbprint(ThumbprintHash::SHA256).unwrap());
        let header = decode_header(&token).unwrap();
        assert_eq!((header.kid, header.typ.as_deref()), (Some(kid), Some("at+jwt")));
        assert_eq!(json!(header.alg), expected["alg"]);

        let members = set["keys"][0].as_object_mut().unwrap();
        let coordinates: &[_] = if key == "p256" { &["x", "y"] } else { &["x"] };
        for varying in ["kid"].iter().chain(coordinates) {
            assert!(members.remove(*varying).unwrap().is_string());
        }
        assert_eq!(set["keys"][0], expected, "the private key is not published");
    }
}

#[tokio::test]
async fn the_metadata_follows_rfc_8414() {
    let metadata = published(&demo("p256").await, "/.well-known/oauth-authorization-server").await;
    let expected = json!({
        "issuer": "http://demo.test",
        "token_endpoint": "http://demo.test/token",
        "jwks_uri": "http://demo.test/.well-known/jwks.json",
        "scopes_supported": ["me", "items", "items:write"],
        "response_types_supported": [],
        "grant_types_supported": ["password"],
        "token_endpoint_auth_methods_supported": ["none"],
    });
    assert_eq!(metadata, expected);
}

#[tokio::test]
async fn nothing_is_published_for_a_secret() {
    let demo = Demo::new().await;
    for path in ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server"] {
        demo.get_without_token(path).await.problem(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_token_of_another_key_is_refused() {
    let token = demo("p256-other").await.token("me").await;
    demo("p256").await.get("/users/me/", &token).await.problem(StatusCode::UNAUTHORIZED);
    Demo::new().await.get("/users/me/", &token).await.problem(StatusCode::UNAUTHORIZED);
}

#[test]
fn the_issuer_determines_the_routes_of_the_authorization_server() {
    let routes = |issuer: &TokenIssuer| {
        let report = serde_json::to_value(demo_app::routes(issuer).report()).unwrap();
        report["operations"].as_array().unwrap().clone()
    };
    let secret = routes(&TokenIssuer::Secret);
    let key = routes(&TokenIssuer::Key);
    let more: Vec<_> = key.iter().filter(|route| !secret.contains(route)).collect();
    let paths: Vec<_> = more.iter().map(|route| route["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server"]);
    assert!(more.iter().all(|route| route["method"] == "GET" && route["access"] == "public"));
    assert_eq!(key.len(), secret.len() + 2);

    let external = routes(&TokenIssuer::External(ExternalIssuer::new("https://issuer.example".to_owned())));
    let less: Vec<_> = secret.iter().filter(|route| !external.contains(route)).collect();
    assert_eq!(less.iter().map(|route| route["path"].as_str().unwrap()).collect::<Vec<_>>(), ["/token"]);
    assert_eq!(external.len() + 1, secret.len());
}

#[test]
fn an_unusable_key_file_is_refused_and_not_shown() {
    let written = |name: &str, content: &str| {
        let file = fresh_file(name);
        fs::write(&file, content).unwrap();
        file
    };
    let ed25519 = fs::read_to_string(key_file("ed25519")).unwrap();
    let body = ed25519.lines().nth(1).unwrap();
    let cut = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", &body[..40]);
    for (file, reason) in [
        (PathBuf::from("/nowhere/to/be/found.pem"), "`: No such file"),
        (PathBuf::from("/"), "`: Is a directory"),
        (key_file("rsa"), "contains an RSA key"),
        (key_file("p384"), "contains an EC key on another curve"),
        (key_file("p256-public"), "contains no private key"),
        (key_file("certificate"), "contains no private key"),
        (key_file("p256-with-parameters"), "openssl pkcs8 -topk8 -nocrypt"),
        (written("text.pem", body), "contains no PEM document"),
        (written("empty.pem", ""), "contains no PEM document"),
        (written("cut.pem", &cut), "contains a malformed key"),
        (
            written("encrypted.pem", &ed25519.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")),
            "contains a key with a password",
        ),
    ] {
        let database = fresh_file("bad-key.db");
        let mut command = serving();
        let command = command.env("DATABASE_URL", &database).arg("--signing-key").arg(&file);
        let error = refusal(&command.output().unwrap());
        assert!(error.contains(reason) && error.contains("--signing-key"), "{error}");
        assert!(error.contains(file.to_str().unwrap()), "{error}");
        assert!(!error.contains(&body[..20]), "{error}");
    }
}
