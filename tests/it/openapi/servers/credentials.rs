//! Other credentials beside the tokens of several authorization servers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::router::{ScopedMethodRouter, get};
use scopes_runtime::{
    CredentialExtractor, CredentialScheme, ResourceServer, ScopedRouter, authenticated_by, requires_scopes,
};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use serde_json::{Value, json};

use super::{
    document, health, partner_flows, partner_scopes, partners, security, user_flows, user_scopes, users,
};

/// Defines an extractor with this scheme.
macro_rules! key {
    ($name:ident, $scheme:expr) => {
        struct $name;

        impl CredentialExtractor for $name {
            const SCHEME: CredentialScheme = $scheme;
        }

        impl<S: Sync> FromRequestParts<S> for $name {
            type Rejection = StatusCode;

            async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
                Err(StatusCode::UNAUTHORIZED)
            }
        }
    };
}

key!(Key, CredentialScheme::api_key_in_header("key", "X-Api-Key"));
key!(SameKey, CredentialScheme::api_key_in_header("key", "X-Api-Key"));
key!(QueryKey, CredentialScheme::api_key_in_query("key", "key"));
key!(PartnersKey, CredentialScheme::api_key_in_header("partners", "X-Api-Key"));

#[requires_scopes(any("me", BillingScope::InvoicesRead), may_require("items"))]
async fn read(_: Key) {}

#[requires_scopes("me")]
async fn read_with_two_keys(_: Key, _: QueryKey) {}

#[authenticated_by(SameKey)]
async fn same_key(_: SameKey) {}

#[authenticated_by(QueryKey)]
async fn query_key(_: QueryKey) {}

#[requires_scopes(BillingScope::InvoicesRead)]
async fn invoices(_: PartnersKey) {}

fn router(path: &str, handler: ScopedMethodRouter<ResourceServer>) -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().route(path, handler)
}

fn panic_of<T>(function: impl FnOnce() -> T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(function)).err()?;
    panic.downcast_ref::<String>().cloned()
}

#[test]
fn each_alternative_has_the_credentials() {
    let routes = router("/read", get(read)).security_scheme(users()).security_scheme(partners());
    let document = document(routes.merge(router("/same", get(same_key))));
    assert_eq!(
        security(&document),
        json!({
            "/read": [{ "key": [], "oauth2": ["me"] }, { "key": [], "partners": ["invoices:read"] }],
            "/same": [{ "key": [] }],
        })
    );
    assert_eq!(document["paths"]["/read"]["get"]["x-may-require"], json!({ "scopes": ["items"] }));
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({
            "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            "oauth2": user_flows(&user_scopes()),
            "partners": partner_flows(&partner_scopes()),
        })
    );
}

#[test]
fn different_schemes_of_one_name_panic() {
    let of_key = "two different security schemes are named `key`; give the `CredentialScheme` another name";
    let of_partners = of_key.replace("`key`", "`partners`");
    let one_handler = || router("/read", get(read_with_two_keys));
    let two_handlers = || router("/same", get(same_key)).merge(router("/query", get(query_key)));
    let with_oauth2 = || router("/invoices", get(invoices)).security_scheme(partners());
    for (router, expected) in [
        (&one_handler as &dyn Fn() -> ScopedRouter<ResourceServer>, of_key),
        (&two_handlers, of_key),
        (&with_oauth2, &of_partners),
    ] {
        assert_eq!(panic_of(|| router().split_for_parts()).as_deref(), Some(expected));
        assert_eq!(panic_of(|| router().fragment()).as_deref(), Some(expected));
        assert_eq!(panic_of(|| router().report()), None);
    }
    assert_eq!(
        panic_of(|| router("/read", get(read)).merge(router("/same", get(same_key))).fragment()),
        None
    );
}

#[test]
fn a_fragment_removes_the_credentials_of_an_operation_that_is_public_now() {
    let routes = router("/health", get(health)).merge(router("/same", get(same_key)));
    let given = json!({ "responses": {}, "security": [{ "key": [], "other": [] }] });
    let mut document: Value = json!({
        "openapi": "3.1.0",
        "paths": { "/health": { "get": given }, "/same": { "get": given } },
    });
    routes.fragment().merge_into_json(&mut document).expect("all operations are described");
    assert_eq!(security(&document), json!({ "/health": [{ "other": [] }], "/same": [{ "key": [] }] }));
}
