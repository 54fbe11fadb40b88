//! Refusals: status, challenge and body.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::routing::get as on_get;
use scopes_runtime::{
    AccessToken, AuthError, DecodeError, DecodeFuture, ResourceServer, TokenDecoder, requires_scopes, scopes,
};
use scopes_tests::{Readable, Scope, bearer, get, send};
use serde_json::json;

use super::{app, app_of, assert_refused};

#[tokio::test]
async fn an_invalid_token_is_401() {
    let answer = get(&app(), "/items", &["Bearer bad"]).await;
    let challenge = r#"Bearer realm="api", error="invalid_token", scope="me items""#;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, challenge);
    assert_eq!(
        answer.json(),
        json!({
            "title": "Unauthorized",
            "status": 401,
            "detail": "The access token is not valid for this API. Obtain a new one.",
            "error": "invalid_token",
            "scope": "me items",
        })
    );
}

#[tokio::test]
async fn a_missing_scope_is_403_with_all_required_scopes() {
    for scopes in ["me", "items", "", "ME items", "me\titems", "xme items", "other"] {
        let answer = get(&app(), "/items", &[&bearer(&format!("x {scopes}").replace('\t', "/"))]).await;
        let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="me items""#;
        assert_refused(&answer, StatusCode::FORBIDDEN, challenge);
    }
    let answer = get(&app(), "/items", &[&bearer("me")]).await;
    assert_eq!(
        answer.json(),
        json!({
            "title": "Forbidden",
            "status": 403,
            "detail": "The access token lacks a required scope. Obtain a token that has it.",
            "error": "insufficient_scope",
            "scope": "me items",
        })
    );
}

#[tokio::test]
async fn the_challenge_has_the_alternative_that_lacks_the_fewest_scopes_or_the_first() {
    let cases = [
        ("/either", "other", "items:write"),
        ("/either", "me", "items:write"),
        ("/narrow-first", "other", "me items"),
        ("/narrow-first", "me", "me items"),
        ("/pairs", "other", "me items"),
        ("/pairs", "invoices:read", "invoices:read items:write"),
    ];
    for (path, granted, scope) in cases {
        let challenge = format!(r#"Bearer realm="api", error="insufficient_scope", scope="{scope}""#);
        assert_refused(&get(&app(), path, &[&bearer(granted)]).await, StatusCode::FORBIDDEN, &challenge);
    }
    let challenge = r#"Bearer realm="api", scope="me items""#;
    assert_refused(&get(&app(), "/narrow-first", &[]).await, StatusCode::UNAUTHORIZED, challenge);
}

#[tokio::test]
async fn the_body_of_a_refusal_has_all_alternatives() {
    for (granted, scope) in [("other", "items:write"), ("me", "items:write"), ("items", "items:write")] {
        let answer = get(&app(), "/either", &[&bearer(granted)]).await;
        let challenge = format!(r#"Bearer realm="api", error="insufficient_scope", scope="{scope}""#);
        assert_refused(&answer, StatusCode::FORBIDDEN, &challenge);
        assert_eq!(answer.json()["alternatives"], json!(["items:write", "me items"]));
    }
    for granted in ["items:write", "me items"] {
        assert_eq!(get(&app(), "/either", &[&bearer(granted)]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_unavailable_decoder_is_503_without_a_challenge() {
    let answer = get(&app(), "/items", &["Bearer down"]).await;
    assert_eq!((answer.status, answer.challenge()), (StatusCode::SERVICE_UNAVAILABLE, None));
    assert_eq!(answer.headers[RETRY_AFTER], "7");
    assert_eq!(
        answer.json(),
        json!({
            "title": "Service Unavailable",
            "status": 503,
            "detail": "The access token cannot be checked at the moment. Try again later.",
        })
    );
}

/// Returns an error with this `Retry-After`.
struct UnavailableFor(Duration);

impl TokenDecoder for UnavailableFor {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        Box::pin(async { Err(DecodeError::unavailable(self.0, "not now")) })
    }
}

#[tokio::test]
async fn retry_after_is_in_whole_seconds() {
    for (retry_after, seconds) in [
        (Duration::ZERO, "1"),
        (Duration::from_nanos(1), "1"),
        (Duration::from_secs(7), "7"),
        (Duration::from_secs(u64::MAX), "18446744073709551615"),
        (Duration::MAX, "18446744073709551615"),
    ] {
        let server = ResourceServer::new(UnavailableFor(retry_after));
        let answer = get(&app_of(server), "/status", &["Bearer a"]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers[RETRY_AFTER], seconds, "{retry_after:?}");
    }
}

#[tokio::test]
async fn scopes_are_checked_before_the_path_and_the_body_are_parsed() {
    assert_eq!(get(&app(), "/numbered/seven", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&app(), "/numbered/seven", &[&bearer("me")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(get(&app(), "/numbered/seven", &[&bearer("items")]).await.status, StatusCode::BAD_REQUEST);
    let body = |authorization: &str| {
        let request = axum::http::Request::post("/with-body").header("authorization", authorization);
        request.header(CONTENT_TYPE, "application/json").body("seven".into()).expect("a request")
    };
    assert_eq!(send(&app(), body(&bearer("me"))).await.status, StatusCode::FORBIDDEN);
    assert_eq!(send(&app(), body(&bearer("items"))).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_handler_can_require_more_scopes() {
    let answer = get(&app(), "/later", &[&bearer("me")]).await;
    let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="me items:write""#;
    assert_refused(&answer, StatusCode::FORBIDDEN, challenge);
    assert_eq!(get(&app(), "/later", &[&bearer("me items:write")]).await.text, "written");
}

#[tokio::test]
async fn a_cached_refusal_is_the_one_of_its_request() {
    let app = app();
    for _ in 0..2 {
        for (granted, scope) in
            [("me", "me items"), ("invoices:read", "invoices:read items:write"), ("openid", "me items")]
        {
            let answer = get(&app, "/pairs", &[&bearer(granted)]).await;
            assert_eq!(answer.status, 403);
            assert_eq!(answer.json()["scope"], scope, "granted {granted:?}");
        }
        assert_eq!(get(&app, "/pairs", &[]).await.json()["scope"], "me items");
        assert_eq!(get(&app, "/status", &[]).await.json().get("scope"), None);
        assert_eq!(get(&app, "/pairs", &["Bearer"]).await.status, 400);
        assert_eq!(get(&app, "/pairs", &[&bearer("me items")]).await.status, 200);
        assert_eq!(get(&app, "/pairs", &["Bearer bad"]).await.json()["error"], "invalid_token");
    }
}

#[tokio::test]
async fn too_many_alternatives_are_reduced_to_those_of_the_failed_check() {
    #[requires_scopes(
        any("me", "items"),
        any("me", "items"),
        any("me", "items"),
        any("me", "items"),
        may_require("items:write")
    )]
    async fn many(token: AccessToken) -> Result<(), AuthError> {
        let all = scopes!(any("items", "items:write"), any("me", "items:write"), any("items", "items:write"));
        token.require(all)
    }
    let server = ResourceServer::new(Readable::default());
    let answer = get(&Router::new().route("/", on_get(many)).with_state(server), "/", &["Bearer me"]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["alternatives"], json!(["items me", "items:write"]));
}

#[tokio::test]
async fn a_handler_can_refuse_a_token() {
    #[requires_scopes]
    async fn refuse(token: AccessToken) -> AuthError {
        token.refuse()
    }
    let server = ResourceServer::builder(Readable::default()).realm("items").build().expect("a realm");
    let answer = get(&Router::new().route("/", on_get(refuse)).with_state(server), "/", &["Bearer me"]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="items", error="invalid_token""#);
}

#[tokio::test]
async fn required_scopes_are_the_requirement_of_the_operation() {
    assert_eq!(get(&app(), "/explain", &[&bearer("me items")]).await.text, "me items");
}

#[tokio::test]
async fn the_realm_can_be_set() {
    let server = ResourceServer::builder(Readable::default()).realm("items (beta)").build().expect("a realm");
    let answer = get(&app_of(server), "/status", &[]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="items (beta)""#);
}

#[test]
fn a_realm_that_a_challenge_cannot_contain_is_an_error() {
    for realm in ["it\"ems", "it\\ems", "it\r\nems", "größe"] {
        let error = ResourceServer::builder(Readable::default()).realm(realm).build().expect_err(realm);
        assert_eq!(
            error.to_string(),
            format!(
                "the realm {realm:?} has a character that is not allowed in a challenge: use visible ASCII without `\"` and `\\`"
            )
        );
    }
}

#[tokio::test]
async fn hide_scopes_omits_scopes_from_challenges_and_bodies() {
    let server = ResourceServer::builder(Readable::default()).hide_scopes().build().expect("a server");
    let app = app_of(server);
    for (path, authorization, challenge) in [
        ("/items", None, r#"Bearer realm="api""#),
        ("/items", Some("Bearer bad"), r#"Bearer realm="api", error="invalid_token""#),
        ("/either", Some("Bearer me"), r#"Bearer realm="api", error="insufficient_scope""#),
        ("/later", Some("Bearer me"), r#"Bearer realm="api", error="insufficient_scope""#),
    ] {
        let answer = get(&app, path, authorization.as_slice()).await;
        assert_eq!(answer.challenge(), Some(challenge));
        assert!(!answer.text.contains("items"), "{}", answer.text);
        assert!(!answer.text.contains("alternatives"), "{}", answer.text);
    }
}
