//! How the `Authorization` header is read.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, DecodeError, DecodeFuture, GrantedScopes, ResourceServer, TokenDecoder};
use scopes_tests::{bearer, get, get_raw, send};
use serde_json::json;

use super::{app, app_of, assert_refused};

#[tokio::test]
async fn a_token_with_the_scopes_is_200() {
    for scopes in ["me items", "items me", "me other items", "me items:write", "items:write me items"] {
        let answer = get(&app(), "/items", &[&bearer(scopes)]).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "items"), "{scopes}");
    }
}

#[tokio::test]
async fn the_scheme_is_case_insensitive_and_followed_by_any_number_of_spaces() {
    for scheme in ["Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer     "] {
        let answer = get(&app(), "/items", &[&format!("{scheme}me+items")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{scheme}");
    }
}

#[tokio::test]
async fn no_credentials_are_401_without_an_error_code() {
    let answer = get(&app(), "/items", &[]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="api", scope="me items""#);
    assert_eq!(
        answer.json(),
        json!({
            "title": "Unauthorized",
            "status": 401,
            "detail": "This request needs an access token. Send it as `Authorization: Bearer <token>`.",
            "scope": "me items",
        })
    );
}

#[tokio::test]
async fn another_scheme_is_401_without_an_error_code() {
    for line in
        ["Basic am9obmRvZTpzZWNyZXQ=", "DPoP me+items", "Bearerer me+items", "Digest a=\"b\", c=\"d\""]
    {
        let answer = get(&app(), "/items", &[line]).await;
        assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="api", scope="me items""#);
    }
}

#[tokio::test]
async fn without_required_scopes_the_challenge_has_only_the_realm() {
    let answer = get(&app(), "/status", &[]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="api""#);
    assert_eq!(get(&app(), "/status", &["Bearer none"]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn malformed_credentials_are_400() {
    let lines: [&[u8]; 18] = [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer  ",
        b"Bearer/me+items",
        b"Bearer\tme+items",
        b"Bearer \tme+items",
        b"Bearer me+items ",
        b"Bearer me items",
        b"Bearer me,items",
        b"Bearer me+items, Bearer me+items",
        b"Bearer token=\"me+items\"",
        b"Bearer \"me+items\"",
        b"Bearer ==",
        b"Bearer me=items",
        b"Bearer \xa0me+items",
        b"Bearer m\xc3\xa9",
        b"=Bearer me+items",
    ];
    for line in lines {
        let answer = get_raw(&app(), "/items", &[line]).await;
        assert_refused(&answer, StatusCode::BAD_REQUEST, r#"Bearer realm="api", error="invalid_request""#);
    }
    let answer = get(&app(), "/items", &["Bearer"]).await;
    assert_eq!(
        answer.json(),
        json!({
            "title": "Bad Request",
            "status": 400,
            "detail": "The Authorization header is malformed. Send one header `Authorization: Bearer <token>`.",
            "error": "invalid_request",
        })
    );
}

#[tokio::test]
async fn two_authorization_headers_are_400() {
    let good = bearer("me items");
    for lines in [[good.as_str(), &good], [&good, "Basic abc"], ["Basic abc", &good]] {
        let answer = get(&app(), "/items", &lines).await;
        assert_refused(&answer, StatusCode::BAD_REQUEST, r#"Bearer realm="api", error="invalid_request""#);
    }
}

/// Returns every token from its cache, as a shared cache could.
struct Cached;

impl TokenDecoder for Cached {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        Box::pin(async { Err(DecodeError::invalid("not cached")) })
    }

    fn cached(&self, _: &str) -> Option<AccessToken> {
        AccessToken::new(serde_json::Map::new(), GrantedScopes::default()).ok()
    }
}

#[tokio::test]
async fn a_malformed_token_is_400_even_if_it_is_cached() {
    let app = app_of(ResourceServer::new(Cached));
    for token in ["a b", "a,b", "a=b", "=", "\"a\"", "größe", "a\tb", "a%20b", "a "] {
        assert_eq!(get(&app, "/status", &[&format!("Bearer {token}")]).await.status, 400, "{token}");
    }
    for token in ["a", "a==", "-._~+/", "09azAZ"] {
        assert_eq!(get(&app, "/status", &[&format!("Bearer {token}")]).await.status, 200, "{token}");
    }
}

#[tokio::test]
async fn text_around_a_cached_jwt_is_400() {
    let issuer = TestIssuer::new();
    let app = app_of(issuer.resource_server());
    let token = issuer.token().sign();
    for _ in 0..2 {
        assert_eq!(get(&app, "/status", &[&format!("bearer  {token}")]).await.status, 200);
    }
    for text in ["{} ", "{},", ",{}", "{} {}", "{}=a", "\"{}\"", "{}é"] {
        let line = format!("Bearer {}", text.replace("{}", &token));
        assert_eq!(get(&app, "/status", &[&line]).await.status, 400, "{text}");
    }
    assert_eq!(get(&app, "/status", &[&format!("Bearer{token}")]).await.status, 401);
    assert_eq!(get(&app, "/status", &[&format!("Bearer {token}=")]).await.status, 401);
}

#[tokio::test]
async fn tokens_in_the_query_and_the_body_are_ignored() {
    let answer = get(&app(), "/items?access_token=me+items", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let form = axum::http::Request::post("/with-body")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("access_token=items".into())
        .expect("a request");
    assert_eq!(send(&app(), form).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_optional_token_can_be_absent_but_not_invalid() {
    for (authorization, expected) in [
        (None, (StatusCode::OK, "anonymous")),
        (Some("Basic abc"), (StatusCode::OK, "anonymous")),
        (Some("Bearer me"), (StatusCode::OK, "alice")),
    ] {
        let answer = get(&app(), "/open", authorization.as_slice()).await;
        assert_eq!((answer.status, answer.text.as_str()), expected);
    }
    let answer = get(&app(), "/open", &["Bearer bad"]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="api", error="invalid_token""#);
    assert_eq!(get(&app(), "/open", &["Bearer"]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(get(&app(), "/open", &["Bearer down"]).await.status, StatusCode::SERVICE_UNAVAILABLE);
}
