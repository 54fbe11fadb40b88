//! The requirement of a service, in the router, the report, the document and the matrix.

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::routing::get as axum_get;
use scopes_runtime::router::{get, unchecked};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, AuthError, ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, call, token};
use serde_json::{Value, json};

use super::served;

#[public]
async fn open() {}

/// A service that responds with the URI that it sees.
fn echo() -> Router {
    Router::new().fallback(async |OriginalUri(uri): OriginalUri| uri.to_string())
}

fn service() -> axum::routing::MethodRouter<(), std::convert::Infallible> {
    axum::routing::any(async || "served")
}

fn every_kind() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route_service("/one", service(), scopes!("items"))
        .nest_service("/below", echo(), scopes!(any("me", "items:write")))
        .fallback_service(echo(), scopes!("me"))
}

#[tokio::test]
async fn a_service_runs_only_for_a_sufficient_token() {
    let app = served(every_kind());
    for (path, insufficient, sufficient) in [
        ("/one", "me", "items"),
        ("/below", "items", "me"),
        ("/below/", "items", "me"),
        ("/below/a/b?c=d", "items", "items:write"),
        ("/elsewhere", "items", "me"),
    ] {
        for method in ["GET", "POST", "DELETE", "OPTIONS", "PURGE"] {
            assert_eq!(call(&app, method, path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
            let refused = call(&app, method, path, Some(&token(insufficient))).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
            let answer = call(&app, method, path, Some(&token(sufficient))).await;
            assert_eq!(answer.status, StatusCode::OK, "{method} {path}");
        }
        assert_eq!(call(&app, "GET", path, Some("bad")).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(call(&app, "GET", path, Some("down")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    let refused = call(&app, "GET", "/one", Some("me")).await;
    let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="items""#;
    assert_eq!(refused.challenge(), Some(challenge));
    assert_eq!(refused.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn requirements_of_routers_apply_to_services() {
    let services = ScopedRouter::new()
        .route_service("/one", service(), scopes!("items"))
        .nest_service("/below", echo(), scopes!("items"))
        .require(scopes!("me"));
    let app = served(ScopedRouter::new().nest("/api", services).require(scopes!(BillingScope::Billing)));
    for path in ["/api/one", "/api/below", "/api/below/", "/api/below/a"] {
        for insufficient in ["items", "items me", "items billing", "me billing"] {
            let refused = call(&app, "GET", path, Some(&token(insufficient))).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} with {insufficient}");
            let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="items me billing""#;
            assert_eq!(refused.challenge().map(sorted), Some(sorted(challenge)));
        }
        let answer = call(&app, "GET", path, Some(&token("items me billing"))).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
}

fn sorted(challenge: &str) -> Vec<&str> {
    let mut words: Vec<_> = challenge.split(|character| " \"".contains(character)).collect();
    words.sort_unstable();
    words
}

#[tokio::test]
async fn a_service_can_take_the_token_and_require_more() {
    #[requires_scopes("items")]
    async fn items() {}

    let subject = async |token: AccessToken| token.subject().map(str::to_owned).unwrap_or_default();
    let server = ResourceServer::new(scopes_tests::Readable::default());
    let inner = Router::new().route("/subject", axum_get(subject)).route("/items", axum_get(items));
    let app = served(ScopedRouter::new().nest_service("/api", inner.with_state(server), scopes!("me")));
    assert_eq!(call(&app, "GET", "/api/subject", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, "GET", "/api/subject", Some("me")).await.text, "alice");
    assert_eq!(call(&app, "GET", "/api/items", Some("items")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(call(&app, "GET", "/api/items", Some("me")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(call(&app, "GET", "/api/items", Some(&token("me items"))).await.status, StatusCode::OK);
}

#[test]
fn services_are_in_the_report() {
    let router = every_kind().route("/open", get(open));
    let lines = [
        "METHOD  PATH            REQUIRES           HANDLER",
        "*       /*              me                 -",
        "*       /below          me or items:write  -",
        "*       /below/         me or items:write  -",
        "*       /below/{*path}  me or items:write  -",
        "*       /one            items              -",
        "GET     /open           public             api::open",
    ];
    assert_eq!(router.report().to_string().replace(module_path!(), "api"), lines.join("\n"));
    let report = serde_json::to_value(router.report()).expect("JSON");
    assert_eq!(
        report["operations"][4],
        json!({ "method": "*", "path": "/one", "access": "scoped", "alternatives": [["items"]] })
    );
}

#[test]
fn services_are_in_the_document_with_every_method() {
    let (_, openapi) = every_kind().split_for_parts();
    let document: Value = serde_json::to_value(openapi).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/below", "/below/", "/below/{path}", "/one"]);
    for method in ["delete", "get", "head", "options", "patch", "post", "put", "trace"] {
        let operation = &document["paths"]["/one"][method];
        assert_eq!(operation["operationId"], format!("{method}_one"));
        assert_eq!(operation["security"], json!([{ "oauth2": ["items"] }]));
        let responses = operation["responses"].as_object().expect("responses");
        assert_eq!(responses.keys().collect::<Vec<_>>(), ["400", "401", "403", "503", "default"]);
        assert_eq!(responses["default"], json!({ "description": "The response of the service." }));
    }
    assert_eq!(
        document["paths"]["/below/{path}"]["get"]["parameters"],
        json!([{ "name": "path", "in": "path", "required": true, "schema": { "type": "string" } }])
    );
}

#[tokio::test]
async fn the_matrix_and_the_attacks_send_requests_to_services() {
    let issuer = TestIssuer::new();
    let routes = || ScopedRouter::new().nest("/api", every_kind().require(scopes!("items")));
    let app = || routes().with_state(issuer.resource_server());
    issuer.matrix(&routes()).check(app()).await;
    issuer.matrix(&routes()).check_attacks(app()).await;
    // A router whose services check less than the report requires.
    let open = every_kind().with_state(issuer.resource_server());
    let matrix = issuer.matrix(&every_kind().require(scopes!("items")));
    let check = tokio::spawn(async move { matrix.check(open).await });
    assert!(check.await.expect_err("the check fails").is_panic());
}

#[test]
fn a_service_without_a_reason_panics() {
    let builds: [fn() -> ScopedRouter; 3] = [
        || ScopedRouter::new().route_service("/", service(), unchecked("")),
        || ScopedRouter::new().nest_service("/files", echo(), unchecked(" ")),
        || ScopedRouter::new().fallback_service(echo(), unchecked("")),
    ];
    for build in builds {
        assert!(std::panic::catch_unwind(|| drop(build())).is_err());
    }
}

#[tokio::test]
async fn a_service_may_require_more_itself() {
    async fn inner(token: AccessToken) -> Result<(), AuthError> {
        token.require(scopes!("items:write"))
    }
    let server = ResourceServer::new(Readable::default());
    let service = Router::new().route("/x", axum::routing::get(inner)).with_state(server);
    let app = served(ScopedRouter::new().nest_service("/api", service, scopes!("items")));
    assert_eq!(call(&app, "GET", "/api/x", Some("me")).await.status, 403);
    assert_eq!(call(&app, "GET", "/api/x", Some("items")).await.status, 403);
    assert_eq!(call(&app, "GET", "/api/x", Some(&token("items:write"))).await.status, 200);
}
