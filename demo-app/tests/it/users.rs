//! `GET /users/me/` and `GET /status/`, and their refusals.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};

use crate::support::{Demo, ISSUER, SECRET};

#[tokio::test]
async fn a_user_reads_their_own_data() {
    let demo = Demo::new().await;
    let response = demo.get("/users/me/", &demo.token("me").await).await;
    assert_eq!(response.status, StatusCode::OK);
    let expected = json!({
        "username": "johndoe",
        "email": "johndoe@example.com",
        "full_name": "John Doe",
        "disabled": false,
    });
    assert_eq!(response.json(), expected);
}

#[tokio::test]
async fn a_disabled_user_can_log_in_and_is_then_refused() {
    let demo = Demo::new().await;
    let token = demo.log_in("alice", "secretalice", "me items").await;
    for path in ["/users/me/", "/users/me/items/"] {
        let response = demo.get(path, &token).await;
        assert_eq!(response.problem(StatusCode::BAD_REQUEST), "Inactive user: this account is disabled.");
        assert_eq!(response.challenge(), None);
    }
    assert_eq!(demo.get("/status/", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn scopes_are_checked_before_the_account() {
    let demo = Demo::new().await;
    let token = demo.log_in("alice", "secretalice", "items").await;
    demo.get("/users/me/", &token).await.problem(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_status_requires_a_token_but_no_scope() {
    let demo = Demo::new().await;
    let refused = demo.get_without_token("/status/").await;
    refused.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(refused.challenge(), Some(r#"Bearer realm="demo-app""#));

    let response = demo.get("/status/", &demo.token("").await).await;
    assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "status": "ok" })));
}

#[tokio::test]
async fn a_token_without_scopes_reads_nothing() {
    let demo = Demo::new().await;
    let token = demo.token("").await;
    for path in ["/users/me/", "/users/me/items/"] {
        demo.get(path, &token).await.problem(StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn credentials_of_another_scheme_are_ignored() {
    let demo = Demo::new().await;
    let request = Request::get("/users/me/").header("authorization", "Basic am9obmRvZTpzZWNyZXQ=");
    let response = demo.send(request.body(Body::empty()).unwrap()).await;
    response.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(response.challenge(), Some(r#"Bearer realm="demo-app", scope="me""#));
}

#[tokio::test]
async fn a_token_in_the_query_is_ignored() {
    let demo = Demo::new().await;
    let path = format!("/users/me/?access_token={}", demo.token("me").await);
    demo.get_without_token(&path).await.problem(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_malformed_header_gets_400() {
    let demo = Demo::new().await;
    let response = demo.get("/users/me/", "two tokens").await;
    response.problem(StatusCode::BAD_REQUEST);
    assert_eq!(response.challenge(), Some(r#"Bearer realm="demo-app", error="invalid_request""#));
}

#[tokio::test]
async fn a_token_with_a_wrong_signature_or_claim_is_refused() {
    let demo = Demo::new().await;
    let good = claims("johndoe");
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    assert_eq!(demo.get("/users/me/", &signed(&good, "at+jwt", SECRET)).await.status, StatusCode::OK);
    let bad = [
        signed(&good, "at+jwt", "another secret, long enough for HS256"),
        signed(&good, "JWT", SECRET),
        signed(&changed("iss", json!("http://elsewhere.test")), "at+jwt", SECRET),
        signed(&changed("aud", json!("another-app")), "at+jwt", SECRET),
        signed(&changed("exp", json!(get_current_timestamp() - 3600)), "at+jwt", SECRET),
        "johndoe".to_owned(),
    ];
    for token in bad {
        let response = demo.get("/users/me/", &token).await;
        response.problem(StatusCode::UNAUTHORIZED);
        assert_eq!(
            response.challenge(),
            Some(r#"Bearer realm="demo-app", error="invalid_token", scope="me""#)
        );
    }
}

#[tokio::test]
async fn the_token_of_a_missing_user_is_refused() {
    let demo = Demo::new().await;
    let response = demo.get("/users/me/", &signed(&claims("unknown"), "at+jwt", SECRET)).await;
    response.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(response.challenge(), Some(r#"Bearer realm="demo-app", error="invalid_token", scope="me""#));
}

fn claims(username: &str) -> Value {
    let now = get_current_timestamp();
    json!({
        "iss": ISSUER,
        "aud": "demo-app",
        "sub": username,
        "client_id": "demo-client",
        "iat": now,
        "exp": now + 60,
        "jti": "1",
        "scope": "me items",
    })
}

fn signed(claims: &Value, typ: &str, secret: &str) -> String {
    let header = Header { typ: Some(typ.to_owned()), ..Header::new(Algorithm::HS256) };
    encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}
