//! Every row of the request table, over HTTP.

use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::routing::{get as on_get, post};
use scopes_runtime::{
    AccessToken, AuthError, DecodeError, DecodeFuture, GrantedScopes, RequiredScopes, ResourceServer,
    TokenDecoder, public, requires_scopes, scopes,
};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Answer, Readable, Scope, get, get_raw, send, token};
use serde_json::json;

#[requires_scopes("me", "items")]
async fn items() -> &'static str {
    "items"
}

#[requires_scopes]
async fn status() -> &'static str {
    "ok"
}

#[requires_scopes(any("items:write", all("me", "items")))]
async fn either() -> &'static str {
    "either"
}

#[requires_scopes(any(all("me", "items"), all(BillingScope::InvoicesRead, "items:write")))]
async fn pairs() -> &'static str {
    "pairs"
}

#[requires_scopes("items")]
async fn numbered(Path(number): Path<u32>) -> String {
    number.to_string()
}

#[requires_scopes("items")]
async fn with_body(axum::Json(number): axum::Json<u32>) -> String {
    number.to_string()
}

#[requires_scopes("me")]
async fn later(token: AccessToken) -> Result<&'static str, AuthError> {
    token.require(scopes!("items:write"))?;
    Ok("written")
}

#[requires_scopes("me", "items")]
async fn explain(required: RequiredScopes) -> String {
    required.to_string()
}

#[public]
async fn open(token: Option<AccessToken>) -> String {
    token.map_or_else(|| "nobody".to_owned(), |token| token.subject().unwrap_or_default().to_owned())
}

fn app_of(server: ResourceServer) -> Router {
    Router::new()
        .route("/items", on_get(items))
        .route("/status", on_get(status))
        .route("/either", on_get(either))
        .route("/pairs", on_get(pairs))
        .route("/numbered/{number}", on_get(numbered))
        .route("/with-body", post(with_body))
        .route("/later", on_get(later))
        .route("/explain", on_get(explain))
        .route("/open", on_get(open))
        .with_state(server)
}

fn app() -> Router {
    app_of(ResourceServer::new(Readable::default()))
}

fn bearer(scopes: &str) -> String {
    format!("Bearer {}", token(scopes))
}

fn assert_refused(answer: &Answer, status: StatusCode, challenge: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.challenge(), Some(challenge));
    assert_eq!(answer.headers[CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn a_token_with_the_scopes_goes_on() {
    for scopes in ["me items", "items me", "me other items", "me items:write", "items:write me items"] {
        let answer = get(&app(), "/items", &[&bearer(scopes)]).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "items"), "{scopes}");
    }
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case_and_after_it_any_number_of_spaces() {
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
async fn another_scheme_is_no_credentials() {
    for line in
        ["Basic am9obmRvZTpzZWNyZXQ=", "DPoP me+items", "Bearerer me+items", "Digest a=\"b\", c=\"d\""]
    {
        let answer = get(&app(), "/items", &[line]).await;
        assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="api", scope="me items""#);
    }
}

#[tokio::test]
async fn without_required_scopes_the_challenge_names_the_realm_alone() {
    let answer = get(&app(), "/status", &[]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="api""#);
    assert_eq!(get(&app(), "/status", &["Bearer none"]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn malformed_credentials_are_400() {
    let lines: [&[u8]; 17] = [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer  ",
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
async fn two_authorization_lines_are_400() {
    let good = bearer("me items");
    for lines in [[good.as_str(), &good], [&good, "Basic abc"], ["Basic abc", &good]] {
        let answer = get(&app(), "/items", &lines).await;
        assert_refused(&answer, StatusCode::BAD_REQUEST, r#"Bearer realm="api", error="invalid_request""#);
    }
}

#[tokio::test]
async fn a_token_that_fails_its_check_is_401() {
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
async fn a_missing_scope_is_403_with_all_that_are_needed() {
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
async fn of_several_alternatives_the_cheapest_is_in_the_challenge_and_all_are_in_the_body() {
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
async fn a_decoder_that_cannot_decide_is_503_without_a_challenge() {
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

/// Unavailable for as long as it is made for.
struct UnavailableFor(Duration);

impl TokenDecoder for UnavailableFor {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        Box::pin(async { Err(DecodeError::unavailable(self.0, "not now")) })
    }
}

/// Caches whatever it is called with, as it may be elsewhere.
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
async fn a_cached_token_that_no_header_can_carry_is_400() {
    let app = app_of(ResourceServer::new(Cached));
    for token in ["a b", "a,b", "a=b", "=", "\"a\"", "größe", "a\tb", "a%20b", "a "] {
        assert_eq!(get(&app, "/status", &[&format!("Bearer {token}")]).await.status, 400, "{token}");
    }
    for token in ["a", "a==", "-._~+/", "09azAZ"] {
        assert_eq!(get(&app, "/status", &[&format!("Bearer {token}")]).await.status, 200, "{token}");
    }
}

#[tokio::test]
async fn retry_after_is_of_whole_seconds_however_long() {
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
async fn tokens_in_the_query_and_in_the_body_are_not_read() {
    let answer = get(&app(), "/items?access_token=me+items", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let form = axum::http::Request::post("/with-body")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("access_token=items".into())
        .expect("a request");
    assert_eq!(send(&app(), form).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_without_the_scopes_gets_a_path_or_a_body_explained() {
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
async fn an_optional_token_may_be_absent_but_not_bad() {
    for (authorization, expected) in [
        (None, (StatusCode::OK, "nobody")),
        (Some("Basic abc"), (StatusCode::OK, "nobody")),
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

#[tokio::test]
async fn a_handler_may_require_more_of_its_token() {
    let answer = get(&app(), "/later", &[&bearer("me")]).await;
    let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="me items:write""#;
    assert_refused(&answer, StatusCode::FORBIDDEN, challenge);
    assert_eq!(get(&app(), "/later", &[&bearer("me items:write")]).await.text, "written");
}

#[tokio::test]
async fn a_refusal_that_was_given_before_is_that_of_the_request() {
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
async fn too_many_alternatives_to_tell_are_those_that_refused() {
    #[requires_scopes(any("me", "items"), any("me", "items"), any("me", "items"), any("me", "items"))]
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
async fn an_application_may_refuse_a_token_of_its_own_accord() {
    #[requires_scopes]
    async fn refuse(token: AccessToken) -> AuthError {
        token.refuse()
    }
    let server = ResourceServer::builder(Readable::default()).realm("items").build().expect("a realm");
    let answer = get(&Router::new().route("/", on_get(refuse)).with_state(server), "/", &["Bearer me"]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="items", error="invalid_token""#);
}

#[tokio::test]
async fn a_handler_can_say_what_it_requires() {
    assert_eq!(get(&app(), "/explain", &[&bearer("me items")]).await.text, "me items");
}

#[tokio::test]
async fn the_realm_is_the_servers_own() {
    let server = ResourceServer::builder(Readable::default()).realm("items (beta)").build().expect("a realm");
    let answer = get(&app_of(server), "/status", &[]).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, r#"Bearer realm="items (beta)""#);
}

#[test]
fn a_realm_that_no_challenge_can_carry_is_refused() {
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
async fn a_server_can_keep_its_scopes_to_itself() {
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
