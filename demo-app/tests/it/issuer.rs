//! Tokens of another issuer, and the users that are created from their claims.

use axum::http::StatusCode;
use demo_app::{AppState, Database, DpopMode, SigningKey, Tokens, app};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use pkcs8::SecretDocument;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{postgres::TestDatabase, signing_key::key_file, support::Demo};

/// An issuer on loopback. It publishes the key with the demo app, and signs tokens with any claims.
struct Issuer {
    url: String,
    key: EncodingKey,
}

impl Issuer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = SigningKey::read(&key_file("ed25519")).unwrap();
        let tokens =
            Tokens::signed_with_key(url.clone(), "demo-app".to_owned(), key, DpopMode::Off, None).unwrap();
        let app = app(AppState::new(Database::open(":memory:").await.unwrap(), tokens));
        tokio::spawn(async { axum::serve(listener, app).await });
        let pem = std::fs::read_to_string(key_file("ed25519")).unwrap();
        let (_, der) = SecretDocument::from_pem(&pem).unwrap();
        Self { url, key: EncodingKey::from_ed_der(der.as_bytes()) }
    }

    /// Returns an API that accepts the issuer's tokens.
    fn api(&self, database: Database) -> Demo {
        Demo::with(
            database,
            Tokens::from_issuer(self.url.clone(), "demo-app".to_owned(), DpopMode::Off, None).unwrap(),
        )
    }

    fn token(&self, scope: &str, user: Value) -> String {
        let now = get_current_timestamp();
        let mut claims = json!({
            "iss": self.url,
            "aud": "demo-app",
            "client_id": "client",
            "iat": now,
            "exp": now + 60,
            "jti": "1",
            "scope": scope,
        });
        claims.as_object_mut().unwrap().extend(user.as_object().unwrap().clone());
        let header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &self.key).unwrap()
    }
}

#[tokio::test]
async fn a_new_user_is_created_from_the_claims() {
    let issuer = Issuer::start().await;
    for test_database in TestDatabase::of_each_kind("vouched_for") {
        let demo = issuer.api(test_database.open().await);
        let carol = json!({ "sub": "carol", "email": "carol@example.com", "name": "Carol Ü." });
        let token = issuer.token("me items:write", carol);
        let expected = json!({
            "username": "carol",
            "email": "carol@example.com",
            "full_name": "Carol Ü.",
            "disabled": false,
        });
        let response = demo.get("/users/me/", &token).await;
        assert_eq!((response.status, response.json()), (StatusCode::OK, expected.clone()));

        let created = demo.post_json("/users/me/items/", &token, r#"{"item_id": "Bar"}"#).await;
        assert_eq!(created.status, StatusCode::CREATED);
        let items = demo.get("/users/me/items/", &token).await.json();
        assert_eq!(items, json!([{ "item_id": "Bar", "owner": "carol" }]));

        let renamed = issuer.token("me", json!({ "sub": "carol", "name": "Mallory" }));
        assert_eq!(
            demo.get("/users/me/", &renamed).await.json(),
            expected,
            "later claims do not change the user"
        );
    }
}

#[tokio::test]
async fn missing_and_malformed_claims_give_empty_fields() {
    let issuer = Issuer::start().await;
    for (at, test_database) in TestDatabase::of_each_kind("unsaid").into_iter().enumerate() {
        let demo = issuer.api(test_database.open().await);
        for (user, (email, name)) in [
            (json!({ "sub": "silent" }), ("", "")),
            (json!({ "sub": "null", "email": null, "name": "N." }), ("", "N.")),
            (json!({ "sub": "number", "email": 5, "name": ["N."] }), ("", "")),
            (json!({ "sub": "nul", "email": "\0", "name": "N\0." }), ("", "N.")),
        ] {
            let response = demo.get("/users/me/", &issuer.token("me", user)).await;
            assert_eq!(response.status, StatusCode::OK, "{at}: {}", response.text());
            let user = response.json();
            assert_eq!((&user["email"], &user["full_name"]), (&json!(email), &json!(name)));
        }
    }
}

#[tokio::test]
async fn concurrent_requests_of_a_new_user_succeed() {
    let issuer = Issuer::start().await;
    for test_database in TestDatabase::of_each_kind("users_at_once") {
        let demo = issuer.api(test_database.open().await);
        let token = issuer.token("me", json!({ "sub": "dave" }));
        let mut attempts = JoinSet::new();
        for _ in 0..20 {
            let (demo, token) = (demo.clone(), token.clone());
            attempts.spawn(async move { demo.get("/users/me/", &token).await.status });
        }
        assert_eq!(attempts.join_all().await, [StatusCode::OK; 20]);
    }
}

#[tokio::test]
async fn a_user_without_a_password_cannot_log_in() {
    let issuer = Issuer::start().await;
    for test_database in TestDatabase::of_each_kind("no_password") {
        let database = test_database.open().await;
        let token = issuer.token("me", json!({ "sub": "erin" }));
        assert_eq!(issuer.api(database.clone()).get("/users/me/", &token).await.status, StatusCode::OK);
        let demo = Demo::on(database);
        for password in ["x", "+", "%00", "secret"] {
            let response = demo.request_token("erin", password, "me").await;
            assert_eq!(response.status, StatusCode::BAD_REQUEST);
            assert_eq!(response.json()["error"], "invalid_grant");
        }
    }
}

#[tokio::test]
async fn a_token_with_an_invalid_sub_is_refused() {
    let issuer = Issuer::start().await;
    for test_database in TestDatabase::of_each_kind("no_names") {
        let demo = issuer.api(test_database.open().await);
        for user in
            [json!({}), json!({ "sub": "" }), json!({ "sub": "\0" }), json!({ "sub": "x".repeat(256) })]
        {
            let response = demo.get("/users/me/", &issuer.token("me", user)).await;
            response.problem(StatusCode::UNAUTHORIZED);
            assert!(response.challenge().unwrap().contains(r#"error="invalid_token""#));
        }
        let longest = issuer.token("me items:write", json!({ "sub": "x".repeat(255) }));
        assert_eq!(demo.get("/users/me/", &longest).await.status, StatusCode::OK);
        let item = json!({ "item_id": "\u{1F600}".repeat(64) }).to_string();
        assert_eq!(demo.post_json("/users/me/items/", &longest, item).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_disabled_user_stays_disabled() {
    let issuer = Issuer::start().await;
    let demo = issuer.api(Database::open(":memory:").await.unwrap());
    let token = issuer.token("me", json!({ "sub": "alice" }));
    let response = demo.get("/users/me/", &token).await;
    assert_eq!(response.problem(StatusCode::BAD_REQUEST), "Inactive user: this account is disabled.");
}

#[tokio::test]
async fn a_request_without_the_scope_creates_no_user() {
    let issuer = Issuer::start().await;
    let database = Database::open(":memory:").await.unwrap();
    let demo = issuer.api(database.clone());
    let frank = json!({ "sub": "frank", "name": "first" });
    demo.get("/users/me/", &issuer.token("items", frank)).await.problem(StatusCode::FORBIDDEN);
    let later = issuer.token("me", json!({ "sub": "frank", "name": "later" }));
    assert_eq!(demo.get("/users/me/", &later).await.json()["full_name"], "later");
}

#[tokio::test]
async fn the_authorization_server_has_no_routes() {
    let issuer = Issuer::start().await;
    let demo = issuer.api(Database::open(":memory:").await.unwrap());
    demo.request_token("johndoe", "secret", "me").await.problem(StatusCode::NOT_FOUND);
    for path in ["/token", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server"] {
        demo.get_without_token(path).await.problem(StatusCode::NOT_FOUND);
    }
    let welcome = demo.get_without_token("/").await;
    assert!(welcome.text().contains(&issuer.url) && !welcome.text().contains("/token"), "{}", welcome.text());
}
