//! `POST /token` (RFC 6749).

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jsonwebtoken::{DecodingKey, Validation, decode, get_current_timestamp};
use serde_json::{Value, json};

use crate::{
    postgres::TestDatabase,
    support::{Demo, ISSUER, SECRET, TestResponse},
};

/// Returns the `error_description` of a refusal and asserts its `error`.
#[track_caller]
fn refusal(response: &TestResponse, error: &str) -> String {
    assert_eq!(response.status, StatusCode::BAD_REQUEST, "{}", response.text());
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_not_cached(response);
    let body = response.json();
    assert_eq!(body["error"], error, "{body}");
    let description = body["error_description"].as_str().unwrap().to_owned();
    let allowed = |byte| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
    assert!(description.bytes().all(allowed), "{description}");
    assert!(description.ends_with('.'), "{description}");
    description
}

#[track_caller]
fn assert_not_cached(response: &TestResponse) {
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("pragma"), Some("no-cache"));
}

#[tokio::test]
async fn the_response_contains_the_token_and_its_scopes() {
    let demo = Demo::new().await;
    let response = demo.request_token("johndoe", "secret", "me items").await;
    assert_eq!(response.status, StatusCode::OK);
    assert_not_cached(&response);
    let mut body = response.json();
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
async fn the_token_has_the_claims_of_rfc_9068() {
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
async fn each_token_is_different() {
    let demo = Demo::new().await;
    assert_ne!(demo.token("me").await, demo.token("me").await);
}

#[tokio::test]
async fn a_request_without_scopes_grants_none() {
    let demo = Demo::new().await;
    for form in [
        "grant_type=password&username=johndoe&password=secret",
        "grant_type=password&username=johndoe&password=secret&scope=",
        "grant_type=password&username=johndoe&password=secret&scope=+++",
    ] {
        let response = demo.post_form("/token", form).await;
        assert_eq!(response.status, StatusCode::OK);
        assert_eq!(response.json().get("scope"), None);
    }
}

#[tokio::test]
async fn repeated_scopes_and_spaces_are_ignored() {
    let demo = Demo::new().await;
    let response = demo.request_token("johndoe", "secret", " me  items me ").await;
    assert_eq!(response.json()["scope"], "me items");
}

#[tokio::test]
async fn a_scope_that_the_user_is_not_allowed_is_omitted() {
    let demo = Demo::new().await;
    let response = demo.request_token("alice", "secretalice", "me items:write").await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.json()["scope"], "me");
}

#[tokio::test]
async fn no_token_is_issued_if_no_requested_scope_is_allowed() {
    let demo = Demo::new().await;
    let response = demo.request_token("alice", "secretalice", "items:write").await;
    assert_eq!(refusal(&response, "invalid_scope"), "The user is not allowed any of the requested scopes.");
}

#[tokio::test]
async fn an_undeclared_scope_is_refused() {
    let demo = Demo::new().await;
    let response = demo.request_token("johndoe", "secret", "me itmes").await;
    let expected = "This API has no scope `itmes`. Scopes are case-sensitive and separated by spaces.";
    assert_eq!(refusal(&response, "invalid_scope"), expected);
    for scope in ["ME", "me,items", "me%09items", "me%C2%A0items", "%22", "%5C", "%00", "%FF", "admin"] {
        let response = demo.request_token("johndoe", "secret", scope).await;
        refusal(&response, "invalid_scope");
    }
}

/// `a:b` cannot be the value in `users:{username}:items`.
#[tokio::test]
async fn a_declared_scope_is_not_called_undeclared_for_any_user_name() {
    let demo = Demo::new().await;
    for username in ["mallory", "a%3Ab"] {
        let response = demo.request_token(username, "secret", "users:%7Busername%7D:items").await;
        refusal(&response, "invalid_grant");
    }
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_get_the_same_response() {
    let demo = Demo::new().await;
    let wrong_password = demo.request_token("johndoe", "Secret", "me").await;
    let expected = "The user name or the password is wrong.";
    assert_eq!(refusal(&wrong_password, "invalid_grant"), expected);
    let unknown_user = demo.request_token("mallory", "secret", "me").await;
    refusal(&unknown_user, "invalid_grant");
    assert_eq!(unknown_user.body, wrong_password.body);
    assert_eq!(unknown_user.headers, wrong_password.headers);
}

#[tokio::test]
async fn user_names_are_not_interpreted() {
    for test_database in TestDatabase::of_each_kind("user_names") {
        let demo = Demo::on(test_database.open().await);
        let long = "x".repeat(10_000);
        for username in ["JohnDoe", "johndoe%20", "johndoe%00", "%27+OR+1%3D1+--", "%FF", "%", &long] {
            refusal(&demo.request_token(username, "secret", "me").await, "invalid_grant");
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
async fn other_client_ids_are_refused() {
    let demo = Demo::new().await;
    let form = "grant_type=password&username=johndoe&password=secret&client_id=";
    let response = demo.post_form("/token", format!("{form}demo-client")).await;
    assert_eq!(response.status, StatusCode::OK);
    refusal(&demo.post_form("/token", format!("{form}johndoe")).await, "invalid_client");
}

#[tokio::test]
async fn a_body_that_is_not_a_form_is_refused() {
    let demo = Demo::new().await;
    let form = "grant_type=password&username=johndoe&password=secret";
    for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let request = Request::post("/token").header(header::CONTENT_TYPE, content_type);
        let response = demo.send(request.body(Body::from(form)).unwrap()).await;
        let description = refusal(&response, "invalid_request");
        assert!(description.contains("application/x-www-form-urlencoded"), "{description}");
    }
    let response = demo.send(Request::post("/token").body(Body::from(form)).unwrap()).await;
    refusal(&response, "invalid_request");
}

#[tokio::test]
async fn a_form_that_is_not_utf_8_is_refused() {
    let demo = Demo::new().await;
    refusal(&demo.post_form("/token", vec![0xff, 0x00, b'=', 0xfe, b'&']).await, "invalid_request");
}

#[tokio::test]
async fn long_passwords_and_forms_are_refused() {
    let demo = Demo::new().await;
    let response = demo.request_token("johndoe", &"x".repeat(1024), "me").await;
    refusal(&response, "invalid_grant");
    let response = demo.request_token("johndoe", &"x".repeat(1025), "me").await;
    assert_eq!(refusal(&response, "invalid_request"), "The password is longer than 1024 bytes.");
    let response = demo.request_token("johndoe", &"x".repeat(100_000), "me").await;
    refusal(&response, "invalid_request");
}

#[tokio::test]
async fn other_methods_get_405_without_caching() {
    let demo = Demo::new().await;
    let response = demo.get_without_token("/token?username=johndoe&password=secret").await;
    response.problem(StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.header("allow"), Some("POST"));
    assert_not_cached(&response);
}

#[tokio::test]
async fn an_authorization_header_is_ignored() {
    let demo = Demo::new().await;
    let request = Request::post("/token")
        .header(header::AUTHORIZATION, "Bearer no token at all")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("grant_type=password&username=johndoe&password=secret"))
        .unwrap();
    assert_eq!(demo.send(request).await.status, StatusCode::OK);
}
