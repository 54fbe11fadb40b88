//! Schemes of the same name.

use std::panic::{AssertUnwindSafe, catch_unwind};

use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use serde_json::{Value, json};

use super::{
    document, health, invoices, items, partner_flows, partner_scopes, partners, security, user_scopes,
};

type Router = ScopedRouter<ResourceServer>;

const COLLISION: &str =
    "two different security schemes are named `oauth2`; call `OAuth2Scheme::name` on one of them";

fn flows(token_url: &str) -> OAuth2Scheme {
    OAuth2Scheme::new::<Scope>().client_credentials(token_url)
}

/// Returns a router whose operation refers to the second scheme, merged into one whose operation refers to the first.
fn merged(first: OAuth2Scheme, second: OAuth2Scheme) -> Router {
    let other = Router::new().security_scheme(second).route("/invoices", get(invoices));
    Router::new().security_scheme(first).route("/items", get(items)).merge(other)
}

fn panic_of<T>(function: impl FnOnce() -> T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(function)).err()?;
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|&text| text.into()))
}

#[test]
fn different_schemes_of_one_name_panic() {
    let metadata = "/.well-known/openid-configuration";
    for (first, second) in [
        (flows("/token"), flows("/other/token")),
        (flows("/token"), flows("/token").password("/token")),
        (flows("/token"), OAuth2Scheme::new::<Scope>().open_id_connect(metadata)),
        (flows("/token"), OAuth2Scheme::new::<BillingScope>()),
        (flows("/token").password("/token"), flows("/token").password("/token").refresh_url("/refresh")),
    ] {
        let router = || merged(first.clone(), second.clone());
        assert_eq!(panic_of(|| router().split_for_parts()).as_deref(), Some(COLLISION));
        assert_eq!(panic_of(|| router().fragment()).as_deref(), Some(COLLISION));
        assert_eq!(panic_of(|| router().report()), None);
    }
    let named = merged(flows("/token").name("partners"), partners());
    let named = panic_of(|| named.split_for_parts()).expect("a panic");
    assert!(named.contains("named `partners`"), "{named}");
}

#[test]
fn equal_schemes_of_one_name_unite_their_vocabularies() {
    let first = OAuth2Scheme::new::<Scope>().name("partners").client_credentials("/partners/token");
    let document = document(merged(first, partners()));
    assert_eq!(
        security(&document),
        json!({ "/items": [{ "partners": ["items"] }], "/invoices": [{ "partners": ["invoices:read"] }] })
    );
    let mut scopes = user_scopes();
    scopes.as_object_mut().expect("scopes").extend(partner_scopes().as_object().expect("scopes").clone());
    assert_eq!(document["components"]["securitySchemes"], json!({ "partners": partner_flows(&scopes) }));
}

#[test]
fn the_order_of_flows_makes_no_difference() {
    let first = OAuth2Scheme::new::<Scope>().client_credentials("/token").password("/token");
    let second = OAuth2Scheme::new::<Scope>().password("/token").client_credentials("/token");
    let document = document(merged(first, second));
    assert_eq!(document["components"]["securitySchemes"].as_object().map(serde_json::Map::len), Some(1));
}

#[test]
fn schemes_of_one_name_that_no_operation_refers_to_are_no_collision() {
    let other = Router::new().security_scheme(flows("/other/token")).route("/health", get(health));
    let router = Router::new().security_scheme(flows("/token")).route("/items", get(items)).merge(other);
    assert_eq!(
        document(router)["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["tokenUrl"],
        "/token"
    );
}

#[test]
fn a_second_scheme_of_one_name_replaces_the_first_in_one_router() {
    let router = Router::new()
        .security_scheme(flows("/first/token"))
        .security_scheme(partners())
        .security_scheme(flows("/second/token"))
        .route("/items", get(items));
    assert_eq!(
        document(router)["components"]["securitySchemes"],
        json!({ "oauth2": { "type": "oauth2", "flows": { "clientCredentials": {
            "tokenUrl": "/second/token", "scopes": user_scopes(),
        } } } })
    );
}

/// Neither the router nor its document says how clients obtain tokens for `/items`.
#[test]
fn operations_of_a_router_without_a_scheme_refer_to_the_default_name() {
    let scheme = |scheme: OAuth2Scheme| -> Value {
        let other = Router::new().security_scheme(scheme).route("/invoices", get(invoices));
        let document = document(Router::new().route("/items", get(items)).merge(other));
        assert_eq!(security(&document)["/items"], json!([{ "oauth2": ["items"] }]));
        document["components"]["securitySchemes"].clone()
    };
    assert_eq!(
        scheme(partners()),
        json!({ "oauth2": { "type": "http", "scheme": "bearer" }, "partners": partner_flows(&partner_scopes()) })
    );
    let mut scopes = partner_scopes();
    scopes["items"] = user_scopes()["items"].clone();
    let unnamed = OAuth2Scheme::new::<BillingScope>().client_credentials("/partners/token");
    assert_eq!(scheme(unnamed), json!({ "oauth2": partner_flows(&scopes) }));
}

#[test]
fn a_name_has_the_characters_of_a_component() {
    for name in ["partners", "A.b-c_9", "-"] {
        let router = Router::new().security_scheme(flows("/token").name(name)).route("/items", get(items));
        assert_eq!(document(router)["paths"]["/items"]["get"]["security"], json!([{ name: ["items"] }]));
    }
    for (name, shown) in [("", "``"), ("a b", "`a b`"), ("a/b", "`a/b`"), ("ä", "`ä`"), ("a\n", "`a\\n`")] {
        let panic = panic_of(|| flows("/token").name(name)).expect("a panic");
        assert_eq!(
            panic,
            format!("{shown} cannot name a security scheme: use ASCII letters, digits, `.`, `-` and `_`")
        );
    }
}
