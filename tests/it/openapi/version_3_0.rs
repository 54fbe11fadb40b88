//! The document in OpenAPI 3.0.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::openapi::{OAuth2Scheme, to_openapi_3_0};
use scopes_runtime::router::get;
use scopes_runtime::{
    CredentialExtractor, CredentialScheme, ResourceServer, ScopedRouter, authenticated_by, requires_scopes,
};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

fn converted(document: Value) -> Value {
    let document: OpenApi = serde_json::from_value(document).expect("it is a document");
    to_openapi_3_0(&document)
}

/// Returns the schema in OpenAPI 3.0.
fn schema(schema: Value) -> Value {
    let document = converted(json!({
        "openapi": "3.1.0",
        "info": { "title": "API", "version": "1" },
        "paths": {},
        "components": { "schemas": { "Schema": schema } },
    }));
    document["components"]["schemas"]["Schema"].clone()
}

#[test]
fn schemas_have_the_keywords_of_3_0() {
    let item = json!({ "$ref": "#/components/schemas/Item" });
    for (newer, older) in [
        (json!({ "type": "string" }), json!({ "type": "string" })),
        (
            json!({ "type": ["string", "null"], "maxLength": 4 }),
            json!({ "type": "string", "nullable": true, "maxLength": 4 }),
        ),
        (
            json!({ "type": ["string", "integer"] }),
            json!({ "allOf": [{ "anyOf": [
                { "type": "string", "nullable": false, "items": {} },
                { "type": "integer", "nullable": false, "items": {} },
            ] }] }),
        ),
        (json!({ "oneOf": [{ "type": "null" }, item] }), json!({ "nullable": true, "allOf": [item] })),
        (
            json!({ "oneOf": [{ "type": "null" }, item, { "type": "string" }] }),
            json!({ "nullable": true, "oneOf": [item, { "type": "string" }] }),
        ),
        (json!({ "type": "null" }), json!({ "nullable": true, "enum": [null] })),
        (
            json!({ "type": "number", "exclusiveMinimum": 1, "maximum": 3, "exclusiveMaximum": 4 }),
            json!({ "type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 3 }),
        ),
        (
            json!({ "type": "number", "minimum": 1, "exclusiveMinimum": 1 }),
            json!({ "type": "number", "minimum": 1, "exclusiveMinimum": true }),
        ),
        (json!({ "type": "string", "examples": ["a", "b"] }), json!({ "type": "string", "example": "a" })),
        (
            json!({ "type": "string", "contentEncoding": "base64", "contentMediaType": "image/png" }),
            json!({ "type": "string", "format": "byte" }),
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false }),
            json!({
                "type": "array",
                "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
                "maxItems": 2,
            }),
        ),
        (
            json!({ "type": "object", "properties": {
                "schema": { "$ref": "#/components/schemas/Item", "description": "The item." },
                "type": { "type": ["string", "null"] },
            }, "additionalProperties": false, "propertyNames": { "type": "string" } }),
            json!({ "type": "object", "properties": {
                "schema": { "allOf": [item], "description": "The item." },
                "type": { "type": "string", "nullable": true },
            }, "additionalProperties": false }),
        ),
        (
            json!({ "type": "object", "default": { "type": ["a", "null"] }, "additionalProperties": {
                "type": ["integer", "null"],
            } }),
            json!({ "type": "object", "default": { "type": ["a", "null"] }, "additionalProperties": {
                "type": "integer", "nullable": true,
            } }),
        ),
    ] {
        assert_eq!(schema(newer.clone()), older, "{newer}");
    }
}

struct Certificate;

impl CredentialExtractor for Certificate {
    const SCHEME: CredentialScheme = CredentialScheme::mutual_tls("certificate");
}

impl<S: Sync> FromRequestParts<S> for Certificate {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Err(StatusCode::UNAUTHORIZED)
    }
}

#[requires_scopes("items")]
async fn read() {}

#[authenticated_by(Certificate)]
async fn exchange(_: Certificate) {}

#[requires_scopes("me")]
async fn both(_: Certificate) {}

fn document(scheme: OAuth2Scheme) -> Value {
    let router = ScopedRouter::<ResourceServer>::new().security_scheme(scheme).route("/items", get(read));
    let router = router.route("/exchange", get(exchange)).route("/both", get(both));
    to_openapi_3_0(&router.split_for_parts().1)
}

#[test]
fn an_operation_that_requires_a_certificate_does_not_become_open() {
    let document = document(OAuth2Scheme::new::<Scope>().client_credentials("/token"));
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(security("/exchange"), json!([{ "certificate": [] }]));
    assert_eq!(security("/both"), json!([{ "certificate": [], "oauth2": ["me"] }]));
    assert_eq!(
        document["components"]["securitySchemes"]["certificate"],
        json!({ "type": "http", "scheme": "mutual-tls", "description": "A client certificate (mutual TLS)." })
    );
}

#[test]
fn only_oauth2_and_open_id_connect_have_scopes_in_security() {
    let security = |scheme| document(scheme)["paths"]["/items"]["get"]["security"].clone();
    let scheme = OAuth2Scheme::new::<Scope>();
    assert_eq!(security(scheme.clone()), json!([{ "oauth2": [] }]));
    assert_eq!(security(scheme.clone().password("/token")), json!([{ "oauth2": ["items"] }]));
    assert_eq!(security(scheme.open_id_connect("/metadata")), json!([{ "oauth2": ["items"] }]));
}

#[test]
fn a_whole_document_has_no_members_that_3_0_lacks() {
    let newer = json!({
        "openapi": "3.2.0",
        "$self": "https://api.example/openapi.json",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "API", "summary": "An API.", "version": "1",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "name": "here" }],
        "tags": [{ "name": "items", "summary": "Items", "kind": "nav" }],
        "paths": { "/items": {
            "summary": "Items",
            "get": {
                "tags": ["items"],
                "summary": "Reads items.",
                "parameters": [
                    { "name": "q", "in": "query", "required": false, "schema": { "type": ["string", "null"] } },
                    { "name": "all", "in": "querystring", "required": false, "content": { "text/plain": {} } },
                ],
                "responses": { "200": {
                    "summary": "Items",
                    "headers": { "schema": { "schema": { "type": ["string", "null"] } } },
                    "content": { "application/json": {
                        "schema": { "type": "array", "items": { "type": ["string", "null"] } },
                        "examples": { "schema": { "value": { "schema": { "type": ["string", "null"] } } } },
                    } },
                } },
                "callbacks": { "done": { "{$request.body#/url}": { "post": {
                    "requestBody": { "content": { "text/plain": { "schema": { "type": ["string", "null"] } } } },
                    "responses": { "200": { "description": "Received." } },
                } } } },
            },
            "query": { "responses": { "200": { "description": "Items." } } },
        } },
        "webhooks": { "changed": { "post": { "responses": { "200": { "description": "Received." } } } } },
        "components": {
            "pathItems": { "Unused": {} },
            "securitySchemes": { "schema": { "type": "oauth2", "flows": {
                "clientCredentials": { "tokenUrl": "/token", "scopes": {} },
                "deviceAuthorization": {
                    "deviceAuthorizationUrl": "/device", "tokenUrl": "/token", "scopes": {},
                },
            } } },
        },
        "security": [{ "schema": ["items"] }],
        "x-extension": { "schema": { "type": ["string", "null"] } },
    });
    let nullable = json!({ "type": "string", "nullable": true });
    assert_eq!(
        converted(newer),
        json!({
            "openapi": "3.0.3",
            "info": { "title": "API", "version": "1", "license": { "name": "MIT" } },
            "servers": [{ "url": "/" }],
            "tags": [{ "name": "items" }],
            "paths": { "/items": {
                "summary": "Items",
                "get": {
                    "tags": ["items"],
                    "summary": "Reads items.",
                    "parameters": [
                        { "name": "q", "in": "query", "required": false, "schema": nullable },
                    ],
                    "responses": { "200": {
                        "description": "",
                        "headers": { "schema": { "schema": nullable } },
                        "content": { "application/json": {
                            "schema": { "type": "array", "items": nullable },
                            "examples": { "schema": { "value": { "schema": { "type": ["string", "null"] } } } },
                        } },
                    } },
                    "callbacks": { "done": { "{$request.body#/url}": { "post": {
                        "requestBody": { "content": { "text/plain": { "schema": nullable } } },
                        "responses": { "200": { "description": "Received." } },
                    } } } },
                },
            } },
            "components": {
                "securitySchemes": { "schema": { "type": "oauth2", "flows": {
                    "clientCredentials": { "tokenUrl": "/token", "scopes": {} },
                } } },
            },
            "security": [{ "schema": ["items"] }],
            "x-extension": { "schema": { "type": ["string", "null"] } },
        })
    );
}
