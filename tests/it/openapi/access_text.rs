//! What operations require, in words.

use scopes_runtime::router::{get, routes};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, call};
use serde_json::Value;
use utoipa::OpenApi;

/// Lists items.
///
/// Page by page.
#[requires_scopes("items", "me")]
async fn list() {}

#[requires_scopes(any("items:write", "me"), acr = any("mfa", "key"), max_age = 300, may_require("items"))]
async fn write() {}

#[requires_scopes]
async fn status() {}

#[public]
async fn greet(_: Option<AccessToken>) {}

#[public]
async fn health() {}

/// Described by utoipa.
#[requires_scopes("me")]
#[utoipa::path(get, path = "/described", responses((status = 200, description = "It.")))]
async fn described() {}

#[derive(OpenApi)]
#[openapi(paths(described))]
struct Derived;

fn document(router: ScopedRouter<ResourceServer>) -> Value {
    serde_json::to_value(router.split_for_parts().1).expect("a document is JSON")
}

fn description<'a>(document: &'a Value, path: &str) -> Option<&'a str> {
    document["paths"][path]["get"]["description"].as_str()
}

#[test]
fn the_description_has_every_alternative_and_what_includes_its_scopes() {
    let document = document(
        ScopedRouter::new()
            .route("/list", get(list))
            .route("/write", get(write))
            .route("/status", get(status))
            .route("/greeting", get(greet))
            .route("/health", get(health)),
    );
    assert_eq!(
        description(&document, "/list"),
        Some(
            "Page by page.\n\n**Access:** Requires an access token with `items` and `me`. `items:write` includes `items`."
        )
    );
    assert_eq!(
        description(&document, "/write"),
        Some(
            "**Access:** Requires an access token with `items:write`, or with `me`. The user must have authenticated with \
             `acr` `mfa` or `key`. The user must have authenticated at most 300 s ago. May require later: `items`."
        )
    );
    assert_eq!(description(&document, "/status"), Some("**Access:** Requires a valid access token."));
    assert_eq!(description(&document, "/greeting"), Some("**Access:** An access token is optional."));
    assert_eq!(description(&document, "/health"), None);
}

/// A broader scope is listed, which clients may have instead.
#[test]
fn alternatives_that_contain_all_scopes_of_another_one_are_not_listed() {
    #[requires_scopes(any("items", "items:write"))]
    async fn broader() {}
    #[requires_scopes(any(all("me", "items"), "me"))]
    async fn longer() {}
    #[requires_scopes(any("me", "items"), any("items", "me"))]
    async fn twice() {}
    #[requires_scopes(any(all("me", "items"), BillingScope::Billing, all("items", "me")))]
    async fn reordered() {}
    for (handler, sets) in [
        (get(broader), "`items`, or with `items:write`. `items:write` includes `items`."),
        (get(longer), "`me`."),
        (get(twice), "`me`, or with `items`. `items:write` includes `items`."),
        (get(reordered), "`me` and `items`, or with `billing`. `items:write` includes `items`."),
    ] {
        let document = document(ScopedRouter::new().route("/", handler));
        let text = description(&document, "/").expect("a description");
        assert_eq!(text, format!("**Access:** Requires an access token with {sets}"));
    }
}

/// A derived document has the requirement of the handler, and a fragment that of the router.
#[test]
fn a_fragment_replaces_the_text() {
    let mut typed = Derived::openapi();
    let mut json = serde_json::to_value(&typed).expect("a document is JSON");
    let own = "**Access:** Requires an access token with `me`.";
    assert_eq!(description(&json, "/described"), Some(own));
    let router =
        ScopedRouter::<ResourceServer>::new().routes(routes!(described)).require(scopes!("items:write"));
    router.fragment().merge_into(&mut typed).expect("every operation is described");
    router.fragment().merge_into_json(&mut json).expect("every operation is described");
    for document in [serde_json::to_value(&typed).expect("a document is JSON"), json] {
        let both = "**Access:** Requires an access token with `me` and `items:write`.";
        assert_eq!(description(&document, "/described"), Some(both));
    }
}

/// Resource servers send the examples, but for the scopes.
#[tokio::test]
async fn examples_of_refusals_are_real() {
    let router = || ScopedRouter::new().route("/list", get(list));
    let responses = document(router())["components"]["responses"].take();
    let app = axum::Router::from(router().with_state(ResourceServer::new(Readable::default())));
    for (name, token) in [
        ("Unauthenticated", "bad"),
        ("InsufficientScope", "other"),
        ("Unavailable", "down"),
        ("MalformedCredentials", "a b"),
    ] {
        let mut body = call(&app, "GET", "/list", Some(token)).await.json();
        body.as_object_mut().expect("an object").remove("scope");
        assert_eq!(responses[name]["content"]["application/problem+json"]["example"], body, "{name}");
    }
}
