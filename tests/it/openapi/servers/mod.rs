//! Several authorization servers in one document: each operation refers to the security schemes of its router.

mod collisions;
mod credentials;
mod decisions;
mod fragments;

use crate::openapi::essential;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::get;
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use serde_json::{Value, json};

#[requires_scopes("items")]
async fn items() {}

#[requires_scopes(BillingScope::InvoicesRead)]
async fn invoices() {}

#[requires_scopes(any("items:write", all("me", "items"), BillingScope::Billing))]
async fn either() {}

#[requires_scopes("me", BillingScope::InvoicesRead)]
async fn both() {}

#[requires_scopes]
async fn status() {}

#[public]
async fn greet(_: Option<AccessToken>) {}

#[public]
async fn health() {}

/// The scheme of [`Scope`], with the default name.
fn users() -> OAuth2Scheme {
    OAuth2Scheme::new::<Scope>().authorization_code("/users/authorize", "/users/token")
}

/// The scheme of [`BillingScope`].
fn partners() -> OAuth2Scheme {
    OAuth2Scheme::new::<BillingScope>().name("partners").client_credentials("/partners/token")
}

fn user_flows(scopes: &Value) -> Value {
    json!({ "type": "oauth2", "flows": { "authorizationCode": {
        "authorizationUrl": "/users/authorize", "tokenUrl": "/users/token", "scopes": scopes,
    } } })
}

fn partner_flows(scopes: &Value) -> Value {
    json!({ "type": "oauth2", "flows": { "clientCredentials": {
        "tokenUrl": "/partners/token", "scopes": scopes,
    } } })
}

fn user_scopes() -> Value {
    json!({
        "items": "Read items.",
        "items:write": "Create, change and delete items. Includes `items`.",
        "me": "Read information about the current user.",
    })
}

fn partner_scopes() -> Value {
    json!({
        "billing": "Everything there is to do with money. Includes `invoices:read`, `invoices`.",
        "invoices": "Read, send and cancel invoices. Includes `invoices:read`.",
        "invoices:read": "Read invoices.",
    })
}

fn document<S: Clone + Send + Sync + 'static>(router: ScopedRouter<S>) -> Value {
    essential(serde_json::to_value(router.split_for_parts().1).expect("a document is JSON"))
}

/// Returns `security` of each operation.
fn security(document: &Value) -> Value {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths.map(|(path, item)| (path.clone(), item["get"]["security"].clone())).collect()
}

/// A router of two nested ones with another scheme each.
fn nested() -> ScopedRouter<ResourceServer> {
    let user = ScopedRouter::new()
        .security_scheme(users())
        .route("/items", get(items))
        .nest("/deep", ScopedRouter::new().route("/status", get(status)))
        .route("/health", get(health));
    let partner = ScopedRouter::new()
        .security_scheme(partners())
        .route("/invoices", get(invoices))
        .route("/greeting", get(greet));
    ScopedRouter::new().nest("/users", user).nest("/partners", partner)
}

fn routes() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/items", get(items))
        .route("/invoices", get(invoices))
        .route("/either", get(either))
        .route("/both", get(both))
        .route("/status", get(status))
        .route("/greeting", get(greet))
        .route("/health", get(health))
}

/// A router with both schemes.
fn one_with_both() -> ScopedRouter<ResourceServer> {
    routes().security_scheme(users()).security_scheme(partners())
}

#[test]
fn nested_routers_have_their_own_schemes() {
    let operation = |id: &str, summary: &str, security: Value, refusals: &[(&str, &str)]| {
        let mut responses = json!({ "200": { "description": "Success." }, "default": { "description": "Any other response." } });
        for (status, name) in refusals {
            responses[status] = json!({ "$ref": format!("#/components/responses/{name}") });
        }
        json!({ "get": { "operationId": id, "summary": summary, "responses": responses, "security": security } })
    };
    let unauthenticated =
        [("400", "MalformedCredentials"), ("401", "Unauthenticated"), ("503", "Unavailable")];
    let forbidden = [unauthenticated.as_slice(), &[("403", "InsufficientScope")]].concat();
    let mut document = document(nested());
    let mut components = document["components"].take();
    let names = |part: &Value| part.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&components["responses"].take()),
        ["InsufficientScope", "MalformedCredentials", "Unauthenticated", "Unavailable"]
    );
    assert_eq!(names(&components["schemas"].take()), ["AuthProblem"]);
    document["components"] = components["securitySchemes"].take();
    assert_eq!(
        document,
        json!({
            "openapi": "3.1.0",
            "info": { "title": "API", "version": "0.1.0" },
            "paths": {
                "/users/items":
                    operation("get_users_items", "Items", json!([{ "oauth2": ["items"] }]), &forbidden),
                "/users/deep/status":
                    operation("get_users_deep_status", "Status", json!([{ "oauth2": [] }]), &unauthenticated),
                "/users/health": operation("get_users_health", "Health", json!([]), &[]),
                "/partners/invoices":
                    operation("get_partners_invoices", "Invoices", json!([{ "partners": ["invoices:read"] }]), &forbidden),
                "/partners/greeting":
                    operation("get_partners_greeting", "Greet", json!([{}, { "partners": [] }]), &unauthenticated),
            },
            "components": {
                "oauth2": user_flows(&user_scopes()),
                "partners": partner_flows(&partner_scopes()),
            },
        })
    );
}

#[test]
fn each_alternative_refers_to_the_scheme_that_declares_its_scopes() {
    let document = document(one_with_both());
    assert_eq!(
        security(&document),
        json!({
            "/items": [{ "oauth2": ["items"] }],
            "/invoices": [{ "partners": ["invoices:read"] }],
            "/either": [{ "oauth2": ["items:write"] }, { "oauth2": ["me", "items"] }, { "partners": ["billing"] }],
            "/both": [{ "oauth2": ["me", "invoices:read"] }, { "partners": ["me", "invoices:read"] }],
            "/status": [{ "oauth2": [] }, { "partners": [] }],
            "/greeting": [{}, { "oauth2": [] }, { "partners": [] }],
            "/health": [],
        })
    );
    let mut user_scopes = user_scopes();
    user_scopes["invoices:read"] = partner_scopes()["invoices:read"].clone();
    let mut partner_scopes = partner_scopes();
    partner_scopes["me"] = user_scopes["me"].clone();
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({ "oauth2": user_flows(&user_scopes), "partners": partner_flows(&partner_scopes) })
    );
}

#[test]
fn a_scope_that_both_schemes_declare_refers_to_both() {
    let third = OAuth2Scheme::new::<BillingScope>().name("third").password("/third/token");
    let also = partners().with_vocabulary::<Scope>();
    let router = ScopedRouter::<ResourceServer>::new()
        .security_scheme(users())
        .security_scheme(also)
        .security_scheme(third)
        .route("/items", get(items));
    let document = document(router);
    assert_eq!(
        security(&document),
        json!({ "/items": [{ "oauth2": ["items"] }, { "partners": ["items"] }] })
    );
    let schemes = document["components"]["securitySchemes"].as_object().expect("schemes");
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["oauth2", "partners"]);
}

#[test]
fn a_merged_router_keeps_its_scheme_and_the_requirements_of_the_router_around_it() {
    use scopes_runtime::scopes;

    let merged = ScopedRouter::new().security_scheme(partners()).route("/invoices", get(invoices));
    let unnamed = ScopedRouter::new().route("/status", get(status));
    let router = ScopedRouter::<ResourceServer>::new()
        .merge(merged)
        .merge(unnamed)
        .route("/items", get(items))
        .require(scopes!("me"))
        .security_scheme(users());
    let document = document(router);
    assert_eq!(
        security(&document),
        json!({
            "/invoices": [{ "partners": ["invoices:read", "me"] }],
            "/items": [{ "oauth2": ["items", "me"] }],
            "/status": [{ "oauth2": ["me"] }],
        })
    );
    let mut partner_scopes = partner_scopes();
    partner_scopes["me"] = user_scopes()["me"].clone();
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({ "oauth2": user_flows(&user_scopes()), "partners": partner_flows(&partner_scopes) })
    );
}

#[test]
fn a_document_omits_schemes_that_no_operation_refers_to() {
    let router =
        nested().security_scheme(OAuth2Scheme::new::<Scope>().name("unused").password("/unused/token"));
    assert_eq!(document(router), document(nested()));
}

#[test]
fn the_report_has_the_vocabularies_of_all_schemes() {
    let report = serde_json::to_value(nested().report()).expect("a report is JSON");
    let unrequired = report["unrequired"].as_array().expect("a list").iter();
    let names: Vec<_> = unrequired.map(|scope| scope["scope"].clone()).collect();
    assert_eq!(names, ["me", "items:write", "invoices", "billing"]);
}
