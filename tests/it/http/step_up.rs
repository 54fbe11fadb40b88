//! Required logins, `acr` and `max_age` (RFC 9470), in responses, documents and reports.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::router::get;
use scopes_runtime::{
    AccessToken, AuthError, DecodeError, DecodeFuture, GrantedScopes, ResourceServer, ScopedRouter,
    TokenDecoder, requires_scopes, scopes,
};
use scopes_tests::{Answer, Scope, call, now};
use serde_json::{Map, Value, json};

/// Decodes tokens of the form `scopes/acr/age`; the last two parts are optional.
struct Logins;

impl TokenDecoder for Logins {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(async move {
            let mut parts = token.split('/');
            let scopes = GrantedScopes::from_list(&parts.next().unwrap_or_default().replace('+', " "));
            let mut claims = Map::from_iter([("sub".to_owned(), Value::from("alice"))]);
            if let Some(acr) = parts.next().filter(|acr| !acr.is_empty()) {
                claims.insert("acr".to_owned(), acr.into());
            }
            if let Some(age) = parts.next() {
                let age: i64 = age.parse().map_err(DecodeError::invalid)?;
                claims.insert(
                    "auth_time".to_owned(),
                    (i64::try_from(now()).map_err(DecodeError::invalid)? - age).into(),
                );
            }
            AccessToken::new(claims, scopes)
        })
    }
}

#[requires_scopes("me", acr = "mfa", max_age = 300)]
async fn pay() {}

#[requires_scopes(max_age = 60)]
async fn recently() {}

#[requires_scopes(any("me", "items"), acr = any("mfa", "hwk"))]
async fn strongly() {}

/// Requires a login with a hardware key.
struct Owner;

#[requires_scopes("items", acr = any("hwk", "pop"), max_age = 30)]
impl<S: Send + Sync> FromRequestParts<S> for Owner {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, _: AccessToken) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

#[requires_scopes("me", acr = any("mfa", "hwk"), max_age = 300)]
async fn close_account(_: Owner) {}

#[requires_scopes("me", may_require("items", acr = "mfa"))]
async fn pay_much(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("items", acr = "mfa"))
}

#[requires_scopes("me")]
async fn read() {}

fn router() -> ScopedRouter<ResourceServer> {
    let within = ScopedRouter::new().route("/", get(read)).require(scopes!(max_age = 10));
    ScopedRouter::new()
        .route("/pay", get(pay))
        .route("/recently", get(recently))
        .route("/strongly", get(strongly))
        .route("/account", get(close_account))
        .route("/much", get(pay_much))
        .nest("/within", within)
}

async fn send_token(path: &str, token: &str) -> Answer {
    let router = Router::from(router().with_state(ResourceServer::new(Logins)));
    call(&router, "GET", path, Some(token)).await
}

#[tokio::test]
async fn a_token_of_a_sufficient_login_is_200() {
    for (path, token) in [
        ("/pay", "me/mfa/0"),
        ("/pay", "me/mfa/295"),
        ("/pay", "me+items/mfa/-5"),
        ("/recently", "/none/55"),
        ("/strongly", "me/mfa"),
        ("/strongly", "items/hwk"),
        ("/account", "me+items/hwk/20"),
        ("/much", "me+items/mfa"),
        ("/within", "me//5"),
    ] {
        assert_eq!(send_token(path, token).await.status, StatusCode::OK, "{path} {token}");
    }
}

#[tokio::test]
async fn an_insufficient_login_is_401_with_a_step_up_challenge() {
    for (path, token, parameters) in [
        ("/pay", "me", r#"acr_values="mfa", max_age="300", scope="me""#),
        ("/pay", "me/pwd/0", r#"acr_values="mfa", max_age="300", scope="me""#),
        ("/pay", "me/MFA/0", r#"acr_values="mfa", max_age="300", scope="me""#),
        ("/pay", "me/mfa", r#"acr_values="mfa", max_age="300", scope="me""#),
        ("/pay", "me/mfa/-90", r#"acr_values="mfa", max_age="300", scope="me""#),
        ("/pay", "me/mfa/-1700000000000", r#"acr_values="mfa", max_age="300", scope="me""#),
        ("/pay", "me/mfa/305", r#"acr_values="mfa", max_age="300", scope="me""#),
        ("/recently", "me/mfa/65", r#"max_age="60""#),
        ("/strongly", "items/pwd", r#"acr_values="mfa hwk", scope="items""#),
        ("/account", "me+items/mfa/0", r#"acr_values="hwk", max_age="30", scope="me items""#),
        ("/account", "me+items/pop/0", r#"acr_values="hwk", max_age="30", scope="me items""#),
        ("/account", "me+items/hwk/40", r#"acr_values="hwk", max_age="30", scope="me items""#),
        ("/much", "me+items/pwd", r#"acr_values="mfa", scope="me items""#),
        ("/within", "me//15", r#"max_age="10", scope="me""#),
    ] {
        let answer = send_token(path, token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {token}");
        let challenge =
            format!(r#"Bearer realm="api", error="insufficient_user_authentication", {parameters}"#);
        assert_eq!(answer.challenge(), Some(&*challenge), "{path} {token}");
    }
    assert_eq!(
        send_token("/pay", "me").await.json(),
        json!({
            "title": "Unauthorized",
            "status": 401,
            "detail": "The user must re-authenticate. Request a token with the `acr_values` or `max_age` of this \
                       response.",
            "error": "insufficient_user_authentication",
            "scope": "me",
            "acr_values": "mfa",
            "max_age": 300,
        })
    );
}

/// Another login would not add the scope.
#[tokio::test]
async fn a_missing_scope_is_403_even_if_the_login_is_insufficient() {
    for (path, token, scope) in [("/pay", "items", "me"), ("/account", "me/mfa/0", "me items")] {
        let answer = send_token(path, token).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let challenge = format!(r#"Bearer realm="api", error="insufficient_scope", scope="{scope}""#);
        assert_eq!(answer.challenge(), Some(&*challenge));
    }
}

#[tokio::test]
async fn a_malformed_acr_or_auth_time_makes_the_token_invalid() {
    let claims = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
    for (name, value, reason) in [
        ("acr", json!(1), "the claim `acr` is not a string"),
        ("acr", json!(["mfa"]), "the claim `acr` is not a string"),
        ("auth_time", json!("now"), "the claim `auth_time` is not a NumericDate (RFC 7519 section 2)"),
        ("auth_time", json!(-1), "the claim `auth_time` is not a NumericDate (RFC 7519 section 2)"),
    ] {
        let error = AccessToken::new(claims(name, value), GrantedScopes::default()).expect_err("an error");
        assert_eq!(error.to_string(), format!("the access token is not valid: {reason}"));
    }
}

#[test]
fn documents_contain_the_required_login() {
    let document = serde_json::to_value(router().split_for_parts().1).expect("JSON");
    let login = |path: &str| document["paths"][path]["get"]["x-user-authentication"].clone();
    assert_eq!(login("/pay"), json!({ "acr_values": ["mfa"], "max_age": 300 }));
    assert_eq!(login("/strongly"), json!({ "acr_values": ["mfa", "hwk"] }));
    assert_eq!(login("/account"), json!({ "acr_values": ["hwk"], "max_age": 30 }));
    assert_eq!(login("/within"), json!({ "max_age": 10 }));
    assert_eq!(login("/much"), Value::Null);
    assert_eq!(document["paths"]["/pay"]["get"]["security"], json!([{ "oauth2": ["me"] }]));

    let paths = document["paths"].as_object().expect("paths").keys();
    let bare = paths.map(|path| (path.clone(), json!({ "get": { "responses": {} } })));
    let mut merged = json!({ "openapi": "3.1.0", "info": {}, "paths": Map::from_iter(bare) });
    router().fragment().merge_into_json(&mut merged).expect("all operations");
    let mut typed = utoipa::openapi::OpenApi::default();
    for path in document["paths"].as_object().expect("paths").keys() {
        let get = utoipa::openapi::path::HttpMethod::Get;
        typed.paths.add_path_operation(path, vec![get], utoipa::openapi::path::Operation::new());
    }
    router().fragment().merge_into(&mut typed).expect("all operations");
    let typed = serde_json::to_value(typed).expect("JSON");
    for path in ["/pay", "/strongly", "/account", "/within", "/much"] {
        let login = login(path);
        assert_eq!(merged["paths"][path]["get"]["x-user-authentication"], login);
        assert_eq!(typed["paths"][path]["get"]["x-user-authentication"], login);
    }
}

#[test]
fn the_report_contains_the_required_login() {
    let report = router().report();
    let text = report.to_string();
    let requires: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| line.split("  ").filter(|cell| !cell.is_empty()).nth(2).map(str::trim))
        .collect();
    assert_eq!(
        requires,
        [
            Some("me items, acr hwk, max_age 30"),
            Some("me; may require items, acr mfa"),
            Some("me, acr mfa, max_age 300"),
            Some("any valid token, max_age 60"),
            Some("me or items, acr mfa hwk"),
            Some("me, max_age 10"),
        ]
    );
    assert!(report.to_markdown().contains("| `me`, acr `mfa`, max_age 300 |"), "{}", report.to_markdown());
    let json = serde_json::to_value(&report).expect("JSON");
    let login = |at: usize| json["operations"][at]["userAuthentication"].clone();
    assert_eq!(login(2), json!({ "acr_values": ["mfa"], "max_age": 300 }));
    assert_eq!(login(1), Value::Null);
}
