//! The OpenAPI document of a `ScopedRouter`.

mod operation_ids;
mod responses;
mod route;
mod served;

use axum::Router;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{any, connect, get, post};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope};
use serde_json::{Value, json};

use super::{UNAUTHENTICATED, challenge_schema, essential, problem_schema};

/// The items
/// of everyone.
///
/// Page by page.
#[requires_scopes("items", any("me", BillingScope::Invoices))]
async fn list() {}

#[requires_scopes("items:write", Scope::Items)]
async fn create() {}

/// Whether it works.
#[requires_scopes]
async fn status() {}

/// Greets the caller.
#[public]
async fn greet(_: Option<AccessToken>) {}

#[public]
async fn health() {}

mod users {
    use scopes_runtime::requires_scopes;
    use scopes_tests::Scope;

    #[requires_scopes("me")]
    pub(super) async fn list() {}
}

fn router() -> ScopedRouter<ResourceServer> {
    let users =
        ScopedRouter::new().route("/", get(users::list)).route("/{name}/files/{*path}", get(users::list));
    ScopedRouter::new()
        .security_scheme(OAuth2Scheme::new::<Scope>().password("/token").client_credentials("/token"))
        .route("/items", get(list).post(create))
        .route("/status", get(status))
        .merge(ScopedRouter::new().route("/", get(greet)).route("/health", get(health)))
        .nest("/users", users)
}

/// Returns the document and the application.
fn parts(router: ScopedRouter<ResourceServer>) -> (Value, Router) {
    let (router, openapi) = router.split_for_parts();
    let document = essential(serde_json::to_value(openapi).expect("a document is JSON"));
    (document, router.with_state(ResourceServer::new(Readable::default())))
}

fn document(router: ScopedRouter<ResourceServer>) -> Value {
    parts(router).0
}

fn refusals(names: &[(&str, &str)]) -> Value {
    let mut responses =
        json!({ "200": { "description": "Success." }, "default": { "description": "Any other response." } });
    for (status, name) in names {
        responses[status] = json!({ "$ref": format!("#/components/responses/{name}") });
    }
    responses
}

#[test]
fn the_document_contains_every_operation() {
    let unauthenticated =
        [("400", "MalformedCredentials"), ("401", "Unauthenticated"), ("503", "Unavailable")];
    let forbidden = [unauthenticated.as_slice(), &[("403", "InsufficientScope")]].concat();
    let parameter =
        |name: &str| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    assert_eq!(
        document(router())["paths"],
        json!({
            "/": { "get": {
                "operationId": "get_root",
                "summary": "Greets the caller.",
                "responses": refusals(&unauthenticated),
                "security": [{}, { "oauth2": [] }],
            } },
            "/health": { "get": {
                "operationId": "get_health",
                "summary": "Health",
                "responses": refusals(&[]),
                "security": [],
            } },
            "/items": {
                "get": {
                    "operationId": "get_items",
                    "summary": "The items of everyone.",
                    "description": "Page by page.",
                    "responses": refusals(&forbidden),
                    "security": [{ "oauth2": ["items", "me"] }, { "oauth2": ["items", "invoices"] }],
                },
                "post": {
                    "operationId": "post_items",
                    "summary": "Create",
                    "responses": refusals(&forbidden),
                    "security": [{ "oauth2": ["items:write"] }],
                },
            },
            "/status": { "get": {
                "operationId": "get_status",
                "summary": "Whether it works.",
                "responses": refusals(&unauthenticated),
                "security": [{ "oauth2": [] }],
            } },
            "/users": { "get": {
                "operationId": "get_users",
                "summary": "List",
                "responses": refusals(&forbidden),
                "security": [{ "oauth2": ["me"] }],
            } },
            "/users/{name}/files/{path}": { "get": {
                "operationId": "get_users_byName_files_byPath",
                "summary": "List",
                "parameters": [parameter("name"), parameter("path")],
                "responses": refusals(&forbidden),
                "security": [{ "oauth2": ["me"] }],
            } },
        })
    );
}

#[test]
fn the_components_contain_the_scheme_and_the_refusals() {
    let scopes = json!({
        "invoices": "Read, send and cancel invoices. Includes `invoices:read`.",
        "items": "Read items.",
        "items:write": "Create, change and delete items. Includes `items`.",
        "me": "Read information about the current user.",
    });
    let problem = json!({ "schema": { "$ref": "#/components/schemas/AuthProblem" } });
    let refusal = |description: &str| {
        json!({
            "description": description,
            "headers": { "WWW-Authenticate": {
                "description": "The challenge (RFC 6750 section 3).",
                "schema": challenge_schema(),
            } },
            "content": { "application/problem+json": problem },
        })
    };
    let mut malformed = refusal(
        "The request is malformed: its `Authorization` header (`invalid_request`), or a path, query or body that the \
         operation does not accept.",
    );
    malformed["content"]["text/plain"] = json!({ "schema": { "type": "string", "maxLength": 1_048_576 } });
    let document = document(router());
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        document["components"],
        json!({
            "securitySchemes": { "oauth2": { "type": "oauth2", "flows": {
                "password": { "tokenUrl": "/token", "scopes": scopes },
                "clientCredentials": { "tokenUrl": "/token", "scopes": scopes },
            } } },
            "responses": {
                "MalformedCredentials": malformed,
                "Unauthenticated": refusal(UNAUTHENTICATED),
                "InsufficientScope": refusal("The access token lacks a scope (`insufficient_scope`)."),
                "Unavailable": {
                    "description": "The access token cannot be checked now.",
                    "headers": { "Retry-After": {
                        "description": "Seconds until the next attempt.",
                        "schema": { "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX },
                    } },
                    "content": { "application/problem+json": problem },
                },
            },
            "schemas": { "AuthProblem": problem_schema() },
        })
    );
}

#[test]
fn a_document_without_a_scheme_has_http_bearer() {
    let document = document(ScopedRouter::new().route("/items", post(create)));
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({ "oauth2": { "type": "http", "scheme": "bearer" } })
    );
    assert_eq!(document["paths"]["/items"]["post"]["security"], json!([{ "oauth2": ["items:write"] }]));
}

#[test]
fn a_document_of_public_routes_has_no_scheme() {
    let document = document(ScopedRouter::new().route("/health", get(health)));
    assert_eq!(document["components"], json!({}));
}

#[test]
fn any_is_documented_as_every_method_of_openapi() {
    let document =
        document(ScopedRouter::new().route("/any", any(create)).route("/connect", connect(create)));
    let methods = document["paths"]["/any"].as_object().expect("methods");
    let methods: Vec<_> = methods.keys().map(String::as_str).collect();
    assert_eq!(methods, ["delete", "get", "head", "options", "patch", "post", "put", "trace"]);
    assert_eq!(document["paths"].as_object().expect("paths").len(), 1);
}
