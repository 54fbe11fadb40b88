//! `POST /token`, by RFC 6749.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jsonwebtoken::{DecodingKey, Validation, decode, get_current_timestamp};
use serde_json::{Value, json};

use crate::{
    postgres::Fresh,
    support::{Answer, Demo, ISSUER, SECRET},
};

/// The `error_description` of a refusal, which must have that `error`.
#[track_caller]
fn refusal(answer: &Answer, error: &str) -> String {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_not_cached(answer);
    let body = answer.json();
    assert_eq!(body["error"], error, "{body}");
    let description = body["error_description"].as_str().unwrap().to_owned();
    let allowed = |byte| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
    assert!(description.bytes().all(allowed), "{description}");
    assert!(description.ends_with('.'), "{description}");
    description
}

#[track_caller]
fn assert_not_cached(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
}

#[tokio::test]
async fn the_answer_has_the_token_and_what_it_allows() {
    let demo = Demo::new().await;
    let answer = demo.ask_for_token("johndoe", "secret", "me items").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_not_cached(&answer);
    let mut body = answer.json();
    assert!(body["access_token"].take().is_string());
    let expected = json!({
        "access_token": null,
        "token_type": "bearer",
        "expires_in": 1800,
        "scope": "me items",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn the_token_is_one_of_rfc_9068() {
    let demo = Demo::new().await;
    let token = demo.token("items me").await;
    let mut validation = Validation::default();
    validation.set_audience(&["demo-app"]);
    let decoded = decode::<Value>(&token, &DecodingKey::from_secret(SECRET.as_bytes()), &validation).unwrap();

    assert_eq!(decoded.header.typ.as_deref(), Some("at+jwt"));
    let mut claims = decoded.claims;
    let issued = claims["iat"].as_u64().unwrap();
    assert!(get_current_timestamp() - issued < 60);
    assert_eq!(claims["exp"].as_u64().unwrap(), issued + 1800);
    assert_eq!(claims["jti"].as_str().unwrap().len(), 32);
    for varying in ["iat", "exp", "jti"] {
        claims.as_object_mut().unwrap().remove(varying);
    }
    let expected = json!({
        "iss": ISSUER,
        "aud": "demo-app",
        "sub": "johndoe",
        "client_id": "demo-client",
        "scope": "items me",
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn every_token_is_another() {
    let demo = Demo::new().await;
    assert_ne!(demo.token("me").await, demo.token("me").await);
}

#[tokio::test]
async fn without_a_scope_none_is_granted_and_none_is_named() {
    let demo = Demo::new().await;
    for form in [
        "grant_type=password&username=johndoe&password=secret",
        "grant_type=password&username=johndoe&password=secret&scope=",
        "grant_type=password&username=johndoe&password=secret&scope=+++",
    ] {
        let answer = demo.post_form("/token", form).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json().get("scope"), None);
    }
}

#[tokio::test]
async fn a_scope_is_granted_once_whatever_the_spaces() {
    let demo = Demo::new().await;
    let answer = demo.ask_for_token("johndoe", "secret", " me  items me ").await;
    assert_eq!(answer.json()["scope"], "me items");
}

#[tokio::test]
async fn a_scope_that_the_user_may_not_have_is_left_out() {
    let demo = Demo::new().await;
    let answer = demo.ask_for_token("alice", "secretalice", "me items:write").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["scope"], "me");
}

#[tokio::test]
async fn when_nothing_can_be_granted_there_is_no_token() {
    let demo = Demo::new().await;
    let answer = demo.ask_for_token("alice", "secretalice", "items:write").await;
    assert_eq!(refusal(&answer, "invalid_scope"), "The user may not have any of the requested scopes.");
}

#[tokio::test]
async fn a_scope_that_is_not_declared_is_refused() {
    let demo = Demo::new().await;
    let answer = demo.ask_for_token("johndoe", "secret", "me itmes").await;
    let expected = "This API has no scope `itmes`. Scopes are case-sensitive and separated by spaces.";
    assert_eq!(refusal(&answer, "invalid_scope"), expected);
    for scope in ["ME", "me,items", "me%09items", "me%C2%A0items", "%22", "%5C", "%00", "%FF", "admin"] {
        let answer = demo.ask_for_token("johndoe", "secret", scope).await;
        refusal(&answer, "invalid_scope");
    }
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_are_told_apart_by_nothing() {
    let demo = Demo::new().await;
    let wrong_password = demo.ask_for_token("johndoe", "Secret", "me").await;
    let expected = "The user name or the password is wrong.";
    assert_eq!(refusal(&wrong_password, "invalid_grant"), expected);
    let unknown_user = demo.ask_for_token("mallory", "secret", "me").await;
    refusal(&unknown_user, "invalid_grant");
    assert_eq!(unknown_user.body, wrong_password.body);
    assert_eq!(unknown_user.headers, wrong_password.headers);
}

#[tokio::test]
async fn user_names_are_data_and_nothing_else() {
    for fresh in Fresh::of_each_kind("user_names") {
        let demo = Demo::on(fresh.open().await);
        let long = "x".repeat(10_000);
        for username in ["JohnDoe", "johndoe%20", "johndoe%00", "%27+OR+1%3D1+--", "%FF", "%", &long] {
            refusal(&demo.ask_for_token(username, "secret", "me").await, "invalid_grant");
        }
    }
}

#[tokio::test]
async fn a_missing_parameter_is_named() {
    let demo = Demo::new().await;
    for (form, missing) in [
        ("", "grant_type"),
        ("username=johndoe&password=secret", "grant_type"),
        ("grant_type=&username=johndoe&password=secret", "grant_type"),
        ("grant_type=password&password=secret", "username"),
        ("grant_type=password&username=johndoe", "password"),
        ("grant_type=password&username=johndoe&password=", "password"),
    ] {
        let description = refusal(&demo.post_form("/token", form).await, "invalid_request");
        assert!(description.starts_with(&format!("The parameter `{missing}` is missing.")), "{description}");
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let demo = Demo::new().await;
    for repeated in ["grant_type", "username", "password", "scope"] {
        let form = format!("grant_type=password&username=johndoe&password=secret&scope=me&{repeated}=me");
        let description = refusal(&demo.post_form("/token", form).await, "invalid_request");
        assert!(description.contains(&format!("`{repeated}`")), "{description}");
    }
}

#[tokio::test]
async fn unknown_parameters_are_ignored() {
    let demo = Demo::new().await;
    let form = "grant_type=password&username=johndoe&password=secret&a=1&a=2&client_secret=&client_id=";
    assert_eq!(demo.post_form("/token", form).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_grant_type_is_not_supported() {
    let demo = Demo::new().await;
    for grant_type in ["client_credentials", "authorization_code", "Password", "x"] {
        let form = format!("grant_type={grant_type}&username=johndoe&password=secret");
        refusal(&demo.post_form("/token", form).await, "unsupported_grant_type");
    }
}

#[tokio::test]
async fn there_is_one_client() {
    let demo = Demo::new().await;
    let form = "grant_type=password&username=johndoe&password=secret&client_id=";
    let answer = demo.post_form("/token", format!("{form}demo-client")).await;
    assert_eq!(answer.status, StatusCode::OK);
    refusal(&demo.post_form("/token", format!("{form}johndoe")).await, "invalid_client");
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let demo = Demo::new().await;
    let form = "grant_type=password&username=johndoe&password=secret";
    for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let request = Request::post("/token").header(header::CONTENT_TYPE, content_type);
        let answer = demo.send(request.body(Body::from(form)).unwrap()).await;
        let description = refusal(&answer, "invalid_request");
        assert!(description.contains("application/x-www-form-urlencoded"), "{description}");
    }
    let answer = demo.send(Request::post("/token").body(Body::from(form)).unwrap()).await;
    refusal(&answer, "invalid_request");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let demo = Demo::new().await;
    refusal(&demo.post_form("/token", vec![0xff, 0x00, b'=', 0xfe, b'&']).await, "invalid_request");
}

#[tokio::test]
async fn the_length_of_a_password_and_of_a_form_is_bounded() {
    let demo = Demo::new().await;
    let answer = demo.ask_for_token("johndoe", &"x".repeat(1024), "me").await;
    refusal(&answer, "invalid_grant");
    let answer = demo.ask_for_token("johndoe", &"x".repeat(1025), "me").await;
    assert_eq!(refusal(&answer, "invalid_request"), "The password is longer than 1024 bytes.");
    let answer = demo.ask_for_token("johndoe", &"x".repeat(100_000), "me").await;
    refusal(&answer, "invalid_request");
}

#[tokio::test]
async fn other_methods_are_not_allowed_and_not_cached_either() {
    let demo = Demo::new().await;
    let answer = demo.get_without_token("/token?username=johndoe&password=secret").await;
    answer.problem(StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), Some("POST"));
    assert_not_cached(&answer);
}

#[tokio::test]
async fn a_token_in_the_request_changes_nothing() {
    let demo = Demo::new().await;
    let request = Request::post("/token")
        .header(header::AUTHORIZATION, "Bearer no token at all")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("grant_type=password&username=johndoe&password=secret"))
        .unwrap();
    assert_eq!(demo.send(request).await.status, StatusCode::OK);
}
