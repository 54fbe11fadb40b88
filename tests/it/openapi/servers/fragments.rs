//! Fragments of routers with several schemes.

use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::Modify as _;
use utoipa::openapi::OpenApi;

use super::{
    health, items, nested, one_with_both, partner_flows, partner_scopes, partners, security, user_flows,
    user_scopes, users,
};
use crate::openapi::essential;

/// Returns a document with these paths and this `security`, and a component of one of the names.
fn elsewhere(paths: &[&str], security: &Value) -> Value {
    let paths: Value = paths
        .iter()
        .map(|path| ((*path).to_owned(), json!({ "get": { "responses": {}, "security": security } })))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Made elsewhere", "version": "1" },
        "paths": paths,
        "components": { "securitySchemes": { "partners": { "type": "http", "scheme": "bearer" } } },
    })
}

/// Returns the document with the fragment, merged as JSON and as utoipa's types.
fn merged(router: &ScopedRouter<ResourceServer>, document: &Value) -> [Value; 2] {
    let mut json = document.clone();
    router.fragment().merge_into_json(&mut json).expect("all are described");
    let mut typed: OpenApi = serde_json::from_value(document.clone()).expect("a document");
    router.fragment().merge_into(&mut typed).expect("all are described");
    [json, serde_json::to_value(typed).expect("a document is JSON")]
}

#[test]
fn a_fragment_has_the_schemes_of_nested_routers() {
    let paths =
        ["/users/items", "/users/deep/status", "/users/health", "/partners/invoices", "/partners/greeting"];
    let expected = json!({
        "/users/items": [{ "oauth2": ["items"] }],
        "/users/deep/status": [{ "oauth2": [] }],
        "/users/health": [],
        "/partners/invoices": [{ "partners": ["invoices:read"] }],
        "/partners/greeting": [{}, { "partners": [] }],
    });
    let schemes =
        json!({ "oauth2": user_flows(&user_scopes()), "partners": partner_flows(&partner_scopes()) });
    for document in merged(&nested(), &elsewhere(&paths, &json!([]))) {
        assert_eq!(security(&document), expected);
        assert_eq!(essential(document)["components"]["securitySchemes"], schemes);
    }
    let fragment = serde_json::to_value(nested().fragment()).expect("a fragment is JSON");
    assert_eq!(security(&fragment), expected);
    assert_eq!(essential(fragment)["components"]["securitySchemes"], schemes);
}

#[test]
fn a_fragment_has_both_schemes_of_a_router() {
    let paths = ["/items", "/invoices", "/either", "/both", "/status", "/greeting", "/health"];
    let own = serde_json::to_value(one_with_both().split_for_parts().1).expect("a document is JSON");
    for document in merged(&one_with_both(), &elsewhere(&paths, &json!([]))) {
        assert_eq!(security(&document), security(&own));
        assert_eq!(document["components"], own["components"]);
    }
}

/// A document can describe an operation that became public since, or that another router of the application served.
#[test]
fn a_public_operation_loses_all_schemes_of_the_router() {
    let partner = ScopedRouter::new()
        .security_scheme(partners())
        .route("/health", get(health))
        .route("/public", get(health));
    let nested = ScopedRouter::new().nest("/p", partner).security_scheme(users()).route("/items", get(items));
    for (given, expected) in [
        (json!([{ "partners": ["billing"] }]), json!([])),
        (
            json!([{ "partners": ["billing"] }, { "oauth2": ["me"] }, { "apiKey": [] }]),
            json!([{ "apiKey": [] }]),
        ),
        (
            json!([{ "partners": [], "apiKey": [] }, { "oauth2": [], "apiKey": [] }]),
            json!([{ "apiKey": [] }]),
        ),
        (json!([{ "others": ["billing"] }]), json!([{ "others": ["billing"] }])),
    ] {
        for document in merged(&nested, &elsewhere(&["/items", "/p/health", "/p/public"], &given)) {
            assert_eq!(security(&document)["/p/health"], expected, "{given}");
            assert_eq!(security(&document)["/items"], json!([{ "oauth2": ["items"] }]));
        }
    }
}

/// A document may have an `oauth2` scheme of something else.
#[test]
fn a_public_operation_keeps_the_default_name_if_the_router_has_another() {
    let router = ScopedRouter::new().security_scheme(partners()).route("/health", get(health));
    let given = json!([{ "oauth2": ["x"] }, { "partners": ["billing"] }]);
    for document in merged(&router, &elsewhere(&["/health"], &given)) {
        assert_eq!(security(&document)["/health"], json!([{ "oauth2": ["x"] }]));
    }
}

/// The attributes cannot see the name.
#[test]
fn a_modifier_adds_the_scheme_with_the_default_name() {
    let mut document: OpenApi = serde_json::from_value(elsewhere(&[], &json!([]))).expect("a document");
    OAuth2Scheme::new::<Scope>()
        .name("users")
        .authorization_code("/users/authorize", "/users/token")
        .modify(&mut document);
    let document = essential(serde_json::to_value(document).expect("a document is JSON"));
    assert_eq!(document["components"]["securitySchemes"]["oauth2"], user_flows(&user_scopes()));
    assert_eq!(document["components"]["securitySchemes"]["users"], Value::Null);
}
