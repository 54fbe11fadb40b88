//! Operations, their security and the scheme.

use aide::axum::ApiRouter;
use aide::axum::routing::get;
use aide::openapi::OpenApi;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::{ResourceServer, ScopedRouter, router};
use scopes_tests::{Readable, Scope, call, token};
use serde_json::{Value, json};

use super::{
    api, authenticated_responses, create, document, greet, health, list, operation, own_items,
    public_responses, scoped_responses, status, unguarded, unguarded_with_optional_token,
};
use crate::openapi::essential;
use crate::openapi::problem_schema;

#[test]
fn the_document_contains_every_operation() {
    assert_eq!(
        document(api()),
        json!({
            "openapi": "3.1.0",
            "info": { "title": "", "version": "" },
            "paths": {
                "/items": {
                    "get": {
                        "summary": "The items of everyone.",
                        "description": "Page by page.",
                        "responses": scoped_responses(),
                        "security": [{ "oauth2": ["items", "me"] }, { "oauth2": ["items", "invoices"] }],
                    },
                    "post": {
                        "summary": "Create",
                        "responses": scoped_responses(),
                        "security": [{ "oauth2": ["items:write"] }],
                    },
                },
                "/items/own": { "get": {
                    "summary": "Own items",
                    "responses": scoped_responses(),
                    "security": [{ "oauth2": ["items", "me"] }],
                } },
                "/status": { "get": {
                    "summary": "Whether it works.",
                    "responses": authenticated_responses(),
                    "security": [{ "oauth2": [] }],
                } },
                "/": { "get": {
                    "summary": "Greets the caller.",
                    "responses": authenticated_responses(),
                    "security": [{}, { "oauth2": [] }],
                } },
                "/health": { "get": {
                    "summary": "Health",
                    "responses": public_responses(),
                    "security": [{}],
                } },
            },
            "components": {
                "securitySchemes": { "oauth2": { "type": "oauth2", "flows": { "password": {
                    "tokenUrl": "/token",
                    "refreshUrl": "/token",
                    "scopes": {
                        "billing": "Everything there is to do with money. Includes `invoices:read`, `invoices`.",
                        "invoices": "Read, send and cancel invoices. Includes `invoices:read`.",
                        "invoices:read": "Read invoices.",
                        "items": "Read items.",
                        "items:write": "Create, change and delete items. Includes `items`.",
                        "me": "Read information about the current user.",
                    },
                } } } },
                "schemas": { "AuthProblem": problem_schema() },
            },
        })
    );
}

#[test]
fn the_documents_of_aide_and_of_scoped_router_agree() {
    use router::get;

    let items = ScopedRouter::new().route("/", get(list).post(create)).route("/own", get(own_items));
    let (_, own) = ScopedRouter::<ResourceServer>::new()
        .nest("/items", items)
        .route("/status", get(status))
        .route("/", get(greet))
        .route("/health", get(health))
        .split_for_parts();
    let own = essential(serde_json::to_value(own).expect("a document is JSON"));
    let aides = document(api());
    let mut compared = 0;
    for (path, methods) in own["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            // aide cannot write an empty list.
            let expected = match &operation["security"] {
                security if *security == json!([]) => &json!([{}]),
                security => security,
            };
            let aides = &aides["paths"][path][method];
            assert_eq!(aides["security"], *expected, "{method} {path}");
            for status in ["400", "401", "403", "503"] {
                let of = |operation: &Value| operation["responses"].get(status).is_some();
                assert_eq!(of(aides), of(operation), "{status} of {method} {path}");
            }
            assert_eq!(aides["summary"], operation["summary"]);
            assert_eq!(aides["description"], operation["description"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 6);
}

#[test]
fn a_token_argument_documents_a_handler_without_an_attribute() {
    assert_eq!(
        operation("/", ApiRouter::new().api_route("/", get(unguarded))),
        json!({ "responses": authenticated_responses(), "security": [{ "oauth2": [] }] })
    );
    assert_eq!(
        operation("/", ApiRouter::new().api_route("/", get(unguarded_with_optional_token))),
        json!({ "responses": public_responses(), "security": [{}, { "oauth2": [] }] })
    );
}

#[test]
fn a_scheme_without_a_flow_is_a_bearer_token() {
    let scheme = aide::openapi::SecurityScheme::from(OAuth2Scheme::new::<Scope>());
    let scheme = serde_json::to_value(scheme).expect("a scheme is JSON");
    assert_eq!(scheme["type"], "http");
    assert_eq!(scheme["scheme"], "bearer");
}

#[test]
fn each_flow_is_converted() {
    let scheme = OAuth2Scheme::new::<Scope>()
        .password("/password")
        .client_credentials("/services")
        .authorization_code("/authorize", "/people");
    let aide::openapi::SecurityScheme::OAuth2 { flows, .. } = scheme.into() else { panic!("no flows") };
    let token_url = |flow| serde_json::to_value(flow).expect("a flow is JSON");
    assert_eq!(token_url(flows.password)["password"]["tokenUrl"], "/password");
    assert_eq!(token_url(flows.client_credentials)["clientCredentials"]["tokenUrl"], "/services");
    let people = &token_url(flows.authorization_code)["authorizationCode"];
    assert_eq!([&people["authorizationUrl"], &people["tokenUrl"]], ["/authorize", "/people"]);
}

#[tokio::test]
async fn aide_routes_are_guarded() {
    let mut openapi = OpenApi::default();
    let app = api().finish_api(&mut openapi).with_state(ResourceServer::new(Readable::default()));
    assert_eq!(call(&app, "GET", "/items/own", None).await.status, 401);
    assert_eq!(call(&app, "GET", "/items/own", Some(&token("me items"))).await.status, 200);
}
