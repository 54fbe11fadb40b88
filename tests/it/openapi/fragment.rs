//! Fragments with security and refusals, merged into documents of other sources.

use crate::openapi::{challenge_schema, essential};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{get, unchecked};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

#[requires_scopes(any("items:write", "me"))]
async fn read() {}

#[requires_scopes]
async fn status() {}

#[public]
async fn greet(_: Option<AccessToken>) {}

#[public]
async fn health() {}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .security_scheme(OAuth2Scheme::new::<Scope>().client_credentials("/token"))
        .nest("/users/{user}", ScopedRouter::new().route("/items/{id}", get(read).post(status)))
        .route("/greeting", get(greet))
        .route("/health", get(health))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{name}") })
}

fn elsewhere() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Made elsewhere", "version": "1" },
        "paths": {
            "/users/{name}/items/{item_id}": {
                "get": {
                    "operationId": "read",
                    "security": [{ "key": [] }],
                    "responses": { "200": { "description": "It." }, "403": { "description": "My own words." } },
                },
                "post": { "responses": {} },
            },
            "/greeting": { "get": { "responses": { "200": { "description": "Hello." } } } },
            "/health": { "get": { "responses": { "200": { "description": "It runs." } } } },
            "/other": { "get": { "responses": { "200": { "description": "Not of this router." } } } },
        },
        "components": { "schemas": { "AuthProblem": { "type": "object", "description": "Mine." } } },
    })
}

/// Checks the document of [`elsewhere`] with the fragment merged.
fn check(document: &Value) {
    let document = &essential(document.clone());
    let items = &document["paths"]["/users/{name}/items/{item_id}"];
    assert_eq!(
        items["get"],
        json!({
            "operationId": "read",
            "security": [{ "oauth2": ["items:write"] }, { "oauth2": ["me"] }],
            "responses": {
                "200": { "description": "It." },
                "400": reference("MalformedCredentials"),
                "401": reference("Unauthenticated"),
                "403": {
                    "description": "My own words.",
                    "headers": { "WWW-Authenticate": {
                        "description": "The challenge (RFC 6750 section 3).",
                        "schema": challenge_schema(),
                    } },
                    "content": { "application/problem+json": {
                        "schema": { "$ref": "#/components/schemas/AuthProblem" },
                    } },
                },
                "503": reference("Unavailable"),
            },
        })
    );
    assert_eq!(items["post"]["security"], json!([{ "oauth2": [] }]));
    assert_eq!(
        items["post"]["responses"],
        json!({
            "400": reference("MalformedCredentials"),
            "401": reference("Unauthenticated"),
            "503": reference("Unavailable"),
        })
    );
    assert_eq!(document["paths"]["/greeting"]["get"]["security"], json!([{}, { "oauth2": [] }]));
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
    assert_eq!(
        document["paths"]["/health"]["get"]["responses"],
        json!({ "200": { "description": "It runs." } })
    );
    assert_eq!(document["paths"]["/other"], elsewhere()["paths"]["/other"]);
    let components = &document["components"];
    assert_eq!(components["schemas"]["AuthProblem"]["description"], "Mine.");
    assert_eq!(components["securitySchemes"]["oauth2"]["type"], "oauth2");
    assert!(components["responses"]["InsufficientScope"].is_object());
}

#[test]
fn a_fragment_is_merged_into_json() {
    let mut document = elsewhere();
    router().fragment().merge_into_json(&mut document).expect("every operation is there");
    check(&document);
    let once = document.clone();
    router().fragment().merge_into_json(&mut document).expect("every operation is there");
    assert_eq!(document, once);
}

#[test]
fn a_fragment_is_merged_into_a_utoipa_document() {
    let mut document: OpenApi = serde_json::from_value(elsewhere()).expect("a document");
    router().fragment().merge_into(&mut document).expect("every operation is there");
    check(&serde_json::to_value(document).expect("a document is JSON"));
}

#[test]
fn a_fragment_only_has_security_and_refusals() {
    let fragment = serde_json::to_value(router().fragment()).expect("a fragment is JSON");
    assert_eq!(
        fragment["paths"],
        json!({
            "/users/{user}/items/{id}": {
                "get": {
                    "security": [{ "oauth2": ["items:write"] }, { "oauth2": ["me"] }],
                    "responses": {
                        "400": reference("MalformedCredentials"),
                        "401": reference("Unauthenticated"),
                        "403": reference("InsufficientScope"),
                        "503": reference("Unavailable"),
                    },
                },
                "post": {
                    "security": [{ "oauth2": [] }],
                    "responses": {
                        "400": reference("MalformedCredentials"),
                        "401": reference("Unauthenticated"),
                        "503": reference("Unavailable"),
                    },
                },
            },
            "/greeting": {
                "get": {
                    "security": [{}, { "oauth2": [] }],
                    "responses": {
                        "400": reference("MalformedCredentials"),
                        "401": reference("Unauthenticated"),
                        "503": reference("Unavailable"),
                    },
                },
            },
            "/health": { "get": { "security": [] } },
        })
    );
    let open = ScopedRouter::<ResourceServer>::new().route("/health", get(health)).fragment();
    let open = serde_json::to_value(open).expect("a fragment is JSON");
    assert_eq!(open, json!({ "paths": { "/health": { "get": { "security": [] } } } }));
}

#[test]
fn operations_missing_from_the_document_are_an_error() {
    let message = "the document does not describe `GET /greeting`, `POST /users/{user}/items/{id}`, which the router \
                   serves; describe each, or leave it out of the router";
    let mut document = elsewhere();
    document["paths"].as_object_mut().expect("paths").remove("/greeting");
    document["paths"]["/users/{name}/items/{item_id}"].as_object_mut().expect("methods").remove("post");
    let mut typed: OpenApi = serde_json::from_value(document.clone()).expect("a document");
    let error = router().fragment().merge_into_json(&mut document).expect_err("two are missing");
    assert_eq!(error.to_string(), message);
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
    assert_eq!(router().fragment().merge_into(&mut typed), Err(error));
}

#[test]
fn a_value_that_is_no_document_is_an_error() {
    for mut value in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "paths": [] }),
        json!({ "paths": { "/health": 5 }, "components": 5 }),
        json!({ "paths": { "/health": { "get": "it" } }, "components": { "responses": [] } }),
    ] {
        let error = router().fragment().merge_into_json(&mut value).expect_err("no operation is described");
        assert!(error.to_string().contains("`GET /health`"), "{error}");
    }
}

#[test]
fn security_of_other_schemes_stays_on_public_operations() {
    let mut document = elsewhere();
    document["paths"]["/health"]["get"]["security"] = json!([{ "mtls": [] }]);
    let moved =
        document["paths"]["/users/{name}/items/{item_id}"].as_object_mut().expect("methods").remove("post");
    document["paths"]["/users/{name}/items/{other}"] = json!({ "post": moved });
    let mut typed: OpenApi = serde_json::from_value(document.clone()).expect("a document");
    router().fragment().merge_into_json(&mut document).expect("every operation is there");
    router().fragment().merge_into(&mut typed).expect("every operation is there");
    for document in [document, serde_json::to_value(typed).expect("a document is JSON")] {
        assert_eq!(document["paths"]["/health"]["get"]["security"], json!([{ "mtls": [] }]));
        let post = &document["paths"]["/users/{name}/items/{other}"]["post"];
        assert_eq!(post["security"], json!([{ "oauth2": [] }]));
    }
}

/// The router checks no tokens there, so the document must not promise it.
#[test]
fn an_unchecked_service_loses_only_the_schemes_of_the_router() {
    for (of_document, given, expected) in [
        (json!([]), json!([{ "oauth2": ["items"] }]), json!([])),
        (json!([]), json!([{ "oauth2": ["items"] }, { "basic": [] }]), json!([{ "basic": [] }])),
        (json!([]), json!([{ "basic": [] }]), json!([{ "basic": [] }])),
        (json!([{ "oauth2": ["items"] }]), Value::Null, json!([])),
        (json!([{ "basic": [] }]), Value::Null, Value::Null),
    ] {
        let mut document = elsewhere();
        document["security"] = of_document.clone();
        for (path, method) in [("/pages", "get"), ("/pages", "post"), ("/files/{file}", "get")] {
            document["paths"][path][method] = json!({ "responses": {} });
            if !given.is_null() {
                document["paths"][path][method]["security"] = given.clone();
            }
        }
        let mut typed: OpenApi = serde_json::from_value(document.clone()).expect("a document");
        let with_services = |router: ScopedRouter<ResourceServer>| {
            router
                .route_service("/pages", axum::Router::new(), unchecked("everyone may read them"))
                .nest_service("/files", axum::Router::new(), unchecked("everyone may read them"))
        };
        let own = with_services(ScopedRouter::with_openapi(typed.clone()).merge(router()));
        let own = serde_json::to_value(own.split_for_parts().1).expect("a document is JSON");
        let fragment = with_services(router()).fragment();
        fragment.merge_into_json(&mut document).expect("every operation is there");
        fragment.merge_into(&mut typed).expect("every operation is there");
        let typed = serde_json::to_value(typed).expect("a document is JSON");
        for document in [own, document, typed] {
            for (path, method) in [("/pages", "get"), ("/pages", "post"), ("/files/{file}", "get")] {
                let security = &document["paths"][path][method]["security"];
                assert_eq!(*security, expected, "{path}: {of_document} {given}");
            }
        }
    }
}

/// A document can describe an operation that became public since.
#[test]
fn a_public_operation_loses_only_the_scheme_of_the_scopes() {
    for (given, expected) in [
        (json!([{ "oauth2": ["admin"] }]), json!([])),
        (json!([{}, { "oauth2": [] }]), json!([])),
        (json!([{ "oauth2": ["admin"] }, { "oauth2": ["items", "me"] }]), json!([])),
        (json!([{ "oauth2": ["admin"] }, { "apiKey": [] }]), json!([{ "apiKey": [] }])),
        (json!([{ "oauth2": ["admin"], "apiKey": [] }]), json!([{ "apiKey": [] }])),
        (
            json!([{ "oauth2": ["a"], "apiKey": [] }, { "oauth2": ["b"], "apiKey": [] }]),
            json!([{ "apiKey": [] }]),
        ),
        (json!([{}, { "oauth2": [] }, { "apiKey": [] }]), json!([{}, { "apiKey": [] }])),
        (json!([{}, { "apiKey": [] }]), json!([{}, { "apiKey": [] }])),
        (json!([{}]), json!([{}])),
        (json!([]), json!([])),
    ] {
        let mut document = elsewhere();
        document["paths"]["/health"]["get"]["security"] = given.clone();
        let mut typed: OpenApi = serde_json::from_value(document.clone()).expect("a document");
        let own = ScopedRouter::<ResourceServer>::with_openapi(typed.clone()).route("/health", get(health));
        router().fragment().merge_into_json(&mut document).expect("every operation is there");
        router().fragment().merge_into(&mut typed).expect("every operation is there");
        let typed = serde_json::to_value(typed).expect("a document is JSON");
        let own = serde_json::to_value(own.split_for_parts().1).expect("a document is JSON");
        for document in [document, typed, own] {
            assert_eq!(document["paths"]["/health"]["get"]["security"], expected, "{given}");
        }
    }
}

#[test]
fn the_device_flow_sets_openapi_3_2() {
    let scheme = OAuth2Scheme::new::<Scope>().device_authorization("/device", "/token");
    let fragment =
        ScopedRouter::<ResourceServer>::new().security_scheme(scheme).route("/x", get(status)).fragment();
    let mut document = json!({ "openapi": "3.1.0", "info": { "title": "", "version": "" }, "paths": { "/x": { "get": {
        "responses": {},
    } } } });
    let mut typed: OpenApi = serde_json::from_value(document.clone()).expect("a document");
    fragment.merge_into_json(&mut document).expect("the operation is there");
    fragment.merge_into(&mut typed).expect("the operation is there");
    assert_eq!(document["openapi"], "3.2.0");
    assert_eq!(serde_json::to_value(typed).expect("JSON")["openapi"], "3.2.0");
}
