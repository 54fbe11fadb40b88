//! Protected resource metadata (RFC 9728), and its URL in challenges.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get as handle;
use scopes_runtime::{ProtectedResourceMetadata, ResourceServer, requires_scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, get};
use serde_json::json;

#[requires_scopes("me")]
async fn handler() {}

fn app(metadata: &ProtectedResourceMetadata) -> Router {
    let server = ResourceServer::builder(Readable::default()).metadata(metadata).build().expect("a realm");
    Router::new().route("/", handle(handler)).with_state(server).merge(metadata.router())
}

#[tokio::test]
async fn the_metadata_is_served_without_a_token() {
    let metadata = ProtectedResourceMetadata::new("https://api.example/v1")
        .expect("a resource")
        .authorization_server("https://issuer.example")
        .authorization_server("https://other.example")
        .scopes::<Scope>()
        .scopes::<BillingScope>()
        .name("Items");
    assert_eq!(metadata.url(), "https://api.example/.well-known/oauth-protected-resource/v1");
    let answer = get(&app(&metadata), "/.well-known/oauth-protected-resource/v1", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(
        answer.json(),
        json!({
            "resource": "https://api.example/v1",
            "authorization_servers": ["https://issuer.example", "https://other.example"],
            "scopes_supported": ["me", "items", "items:write", "invoices:read", "invoices", "billing"],
            "bearer_methods_supported": ["header"],
            "resource_name": "Items",
        })
    );
}

/// RFC 9728 section 3.1 only removes a slash directly after the host.
#[tokio::test]
async fn a_trailing_slash_of_the_resource_stays_in_the_metadata_url() {
    let metadata = ProtectedResourceMetadata::new("https://api.example/v1/").expect("a resource");
    assert_eq!(metadata.url(), "https://api.example/.well-known/oauth-protected-resource/v1/");
    let answer = get(&app(&metadata), "/.well-known/oauth-protected-resource/v1/", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn scopes_supported_can_be_set() {
    let metadata = ProtectedResourceMetadata::new("https://api.example").expect("a resource");
    let metadata = metadata.scopes_supported([Scope::Me, Scope::Items]);
    let answer = get(&app(&metadata), "/.well-known/oauth-protected-resource", &[]).await;
    assert_eq!(answer.json()["scopes_supported"], json!(["me", "items"]));
}

#[tokio::test]
async fn unset_members_are_omitted() {
    for resource in
        ["https://api.example", "https://api.example/", "http://127.0.0.1:8000", "http://[::1]:8000/"]
    {
        let metadata = ProtectedResourceMetadata::new(resource).expect("a resource");
        let answer = get(&app(&metadata), "/.well-known/oauth-protected-resource", &[]).await;
        assert_eq!(answer.json(), json!({ "resource": resource, "bearer_methods_supported": ["header"] }));
    }
}

#[tokio::test]
async fn challenges_of_401_and_403_have_the_metadata_url() {
    let app = app(&ProtectedResourceMetadata::new("https://api.example").expect("a resource"));
    let url = r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource""#;
    for (authorization, challenge) in [
        (vec![], format!(r#"Bearer realm="api", scope="me", {url}"#)),
        (vec!["Bearer bad"], format!(r#"Bearer realm="api", error="invalid_token", scope="me", {url}"#)),
        (
            vec!["Bearer items"],
            format!(r#"Bearer realm="api", error="insufficient_scope", scope="me", {url}"#),
        ),
        (vec!["Bearer"], r#"Bearer realm="api", error="invalid_request""#.to_owned()),
    ] {
        assert_eq!(get(&app, "/", &authorization).await.challenge(), Some(&*challenge));
    }
}

#[test]
fn an_unsafe_resource_url_is_an_error() {
    for resource in [
        "",
        "api.example",
        "/items",
        "http://api.example",
        "ftp://api.example",
        "https://api.example/#a",
        "https://api.example/?a=b",
        "https://user@api.example/",
        "https://api.example/{id}",
        "https://api.example/:id",
        "https://api.example/*",
        "https://api.example/\"",
        "https://api.example/ü",
        "https://",
    ] {
        let error = ProtectedResourceMetadata::new(resource).expect_err(resource).to_string();
        let shown = resource.replace("https://user@", "…@").replace("?a=b", "?…").escape_debug().to_string();
        assert!(error.starts_with(&format!("`{shown}` is not a usable resource")), "{error}");
    }
}
