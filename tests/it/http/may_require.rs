//! `may_require(…)`: what a handler may require of the token later.

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::get;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, AuthError, ResourceServer, ScopedRouter, requires_scopes, scopes};
use scopes_tests::{Readable, Scope, bearer};
use serde_json::json;

/// Requires `me` of all items but the first one, and `items:write` of the ninth.
#[requires_scopes("items", may_require(any("me", "items:write"), acr = "mfa"))]
async fn read_item(token: AccessToken, Path(id): Path<u32>) -> Result<(), AuthError> {
    match id {
        0 | 1 => Ok(()),
        9 => token.require(scopes!("items:write", "items")),
        10 => token.require(scopes!(acr = "mfa")),
        _ => token.require(scopes!("me")),
    }
}

#[requires_scopes("items")]
async fn undeclared(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("me"))
}

#[requires_scopes("items")]
async fn undeclared_login(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!(acr = "mfa", max_age = 60))
}

async fn without_attribute(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes!("me"))
}

struct Member;

#[requires_scopes(may_require("me"))]
impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, token: AccessToken) -> Result<Self, AuthError> {
        token.require(scopes!("me")).map(|()| Self)
    }
}

#[requires_scopes("items")]
async fn of_a_member(_: Member) {}

struct Payer;

#[requires_scopes(may_require("me", "items:write", acr = any("mfa", "hwk"), max_age = 300, dpop))]
impl<S: Send + Sync> FromRequestParts<S> for Payer {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

#[requires_scopes(acr = "pwd", max_age = 60)]
async fn quote(_: Payer) {}

#[requires_scopes("me", acr = "mfa", max_age = 300, dpop)]
async fn pay(_: Payer) {}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().route("/items/{id}", get(read_item)).route("/members", get(of_a_member))
}

async fn status(path: &str, scopes: &str) -> StatusCode {
    let app = Router::from(router().with_state(ResourceServer::new(Readable::default())));
    scopes_tests::get(&app, path, &[&bearer(scopes)]).await.status
}

#[tokio::test]
async fn requests_reach_the_handler_without_it() {
    assert_eq!(status("/items/1", "items").await, StatusCode::OK);
    assert_eq!(status("/items/2", "items").await, StatusCode::FORBIDDEN);
    assert_eq!(status("/items/2", "items me").await, StatusCode::OK);
    assert_eq!(status("/items/9", "items me").await, StatusCode::FORBIDDEN);
    assert_eq!(status("/items/9", "items:write").await, StatusCode::OK);
    assert_eq!(status("/items/10", "items").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("/items/1", "me items:write").await, StatusCode::OK);
    assert_eq!(status("/items/1", "me").await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn that_of_an_extractor_counts() {
    assert_eq!(status("/members", "items").await, StatusCode::FORBIDDEN);
    assert_eq!(status("/members", "items me").await, StatusCode::OK);
}

#[tokio::test]
async fn an_undeclared_requirement_panics_in_debug_builds() {
    let server = ResourceServer::new(Readable::default());
    let app = Router::new()
        .route("/undeclared", axum::routing::get(undeclared))
        .route("/undeclared-login", axum::routing::get(undeclared_login))
        .route("/without", axum::routing::get(without_attribute))
        .with_state(server);
    let send = |path| {
        let app = app.clone();
        tokio::spawn(async move { scopes_tests::get(&app, path, &[&bearer("items")]).await.status })
    };
    let cases = [
        ("/undeclared", "me", StatusCode::FORBIDDEN),
        ("/undeclared-login", "acr mfa, max_age 60", StatusCode::UNAUTHORIZED),
    ];
    for (path, named, status) in cases {
        let result = send(path).await;
        if cfg!(debug_assertions) {
            let panic = result.expect_err("a panic").into_panic();
            assert_eq!(
                panic.downcast_ref::<String>().map(String::as_str),
                Some(&*format!(
                    "`require` of `{named}`, which the handler does not declare; add it to `may_require(…)` in its \
                     `#[requires_scopes]`"
                ))
            );
        } else {
            assert_eq!(result.expect("a response"), status);
        }
    }
    // Without an attribute there is nothing to declare it in.
    assert_eq!(send("/without").await.expect("a response"), StatusCode::FORBIDDEN);
}

#[test]
fn the_report_contains_it() {
    let report = router().report();
    let text = report.to_string();
    let rows: Vec<_> =
        text.lines().map(|line| line.split("  ").filter(|cell| !cell.is_empty()).nth(2)).collect();
    assert_eq!(rows[1].map(str::trim), Some("items; may require me, items:write, acr mfa"));
    assert_eq!(rows[2].map(str::trim), Some("items; may require me"));
    assert!(report.to_markdown().contains("| `items`; may require `me`, `items:write`, `acr mfa` |"));
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(
        json["operations"][0]["mayRequire"],
        json!({ "scopes": ["me", "items:write"], "acr_values": ["mfa"] })
    );
}

#[test]
fn what_each_request_needs_is_not_listed_again() {
    let router = ScopedRouter::<ResourceServer>::new().route("/pay", get(pay)).route("/quote", get(quote));
    let report = serde_json::to_value(router.report()).expect("JSON");
    let later = ["/operations/0/mayRequire", "/operations/1/mayRequire"].map(|path| report.pointer(path));
    let of_pay = json!({ "scopes": ["items:write"], "acr_values": ["hwk"] });
    let of_quote = json!({
        "scopes": ["me", "items:write"], "acr_values": ["mfa", "hwk"], "max_age": [300], "dpop": true,
    });
    assert_eq!(later, [Some(&of_pay), Some(&of_quote)]);
}

#[test]
fn the_document_contains_it() {
    let (_, document) = router().split_for_parts();
    let document = serde_json::to_value(document).expect("JSON");
    let operation = &document["paths"]["/items/{id}"]["get"];
    assert_eq!(operation["security"], json!([{ "oauth2": ["items"] }]));
    assert_eq!(operation["x-may-require"], json!({ "scopes": ["me", "items:write"], "acr_values": ["mfa"] }));
    let fragment = serde_json::to_value(router().fragment()).expect("JSON");
    // The scheme lists the scope, which no operation requires of each request.
    let scheme = OAuth2Scheme::default().client_credentials("/token");
    let (_, document) = router().security_scheme(scheme).split_for_parts();
    let document = serde_json::to_value(document).expect("JSON");
    let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"];
    assert!(flow["scopes"].get("items:write").is_some(), "{flow}");
    assert_eq!(fragment["paths"]["/members"]["get"]["x-may-require"], json!({ "scopes": ["me"] }));
}

#[test]
fn an_operation_for_any_valid_token_that_may_require_a_scope_documents_403() {
    #[requires_scopes(may_require("me"))]
    async fn handler() {}
    let (_, document) = ScopedRouter::<ResourceServer>::new().route("/", get(handler)).split_for_parts();
    let document = serde_json::to_value(document).expect("JSON");
    assert!(document["paths"]["/"]["get"]["responses"].get("403").is_some(), "{document}");
}

#[tokio::test]
async fn the_matrix_expects_it() {
    #[requires_scopes("items", may_require("me"))]
    async fn handler(token: AccessToken) -> Result<(), AuthError> {
        token.require(scopes!("me"))
    }
    let issuer = TestIssuer::new();
    let routes = || ScopedRouter::new().route("/", get(handler));
    issuer.matrix(&routes()).check(routes().with_state(issuer.resource_server())).await;
}
