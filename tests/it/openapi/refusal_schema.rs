//! Refusals in the application's own format.

use crate::openapi::{UNAUTHENTICATED, challenge_schema, essential};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{get, routes};
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi, ToSchema};

type Router = ScopedRouter<ResourceServer>;

/// The body of every error.
#[derive(ToSchema)]
#[allow(dead_code, reason = "its schema is what matters")]
struct ErrorBody {
    code: Code,
    message: String,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "its schema is what matters")]
enum Code {
    Denied,
}

#[derive(ToSchema)]
struct Mine {
    #[allow(dead_code, reason = "its schema is what matters")]
    reason: String,
}

#[requires_scopes("items")]
async fn items() {}

#[public]
async fn health() {}

#[requires_scopes("items")]
#[utoipa::path(
    get,
    path = "/own",
    responses(
        (status = 401, description = "Log in.", body = Mine),
        (status = 403, description = "Not yours.", body = Mine, content_type = "application/problem+json"),
        (status = 503, description = "Too busy."),
    ),
)]
async fn own() {}

const ERROR: &str = "#/components/schemas/ErrorBody";
const MINE: &str = "#/components/schemas/Mine";

fn schema(reference: &str) -> Value {
    json!({ "schema": { "$ref": reference } })
}

fn router() -> Router {
    Router::new()
        .security_scheme(OAuth2Scheme::new::<Scope>().client_credentials("/token"))
        .refusal_schema::<ErrorBody>("application/json")
}

fn document(router: Router) -> Value {
    essential(serde_json::to_value(router.split_for_parts().1).expect("a document is JSON"))
}

fn refusal(description: &str, header: &str, header_description: &str, kind: &str) -> Value {
    let mut schema_of_header = json!({ "type": kind });
    if kind == "string" {
        schema_of_header = challenge_schema();
    }
    if kind == "integer" {
        schema_of_header = json!({ "type": kind, "format": "int64", "minimum": 0, "maximum": i64::MAX });
    }
    json!({
        "description": description,
        "headers": { header: { "description": header_description, "schema": schema_of_header } },
        "content": { "application/json": schema(ERROR) },
    })
}

fn challenged(description: &str) -> Value {
    refusal(description, "WWW-Authenticate", "The challenge (RFC 6750 section 3).", "string")
}

/// The components of a document with these refusals.
fn components() -> Value {
    let mut malformed = challenged(
        "The request is malformed: its `Authorization` header (`invalid_request`), or a path, query or body that the \
         operation does not accept.",
    );
    malformed["content"]["text/plain"] = json!({ "schema": { "type": "string", "maxLength": 1_048_576 } });
    json!({
        "securitySchemes": { "oauth2": { "type": "oauth2", "flows": { "clientCredentials": {
            "tokenUrl": "/token",
            "scopes": {
                "items": "Read items.",
                "items:write": "Create, change and delete items. Includes `items`.",
                "me": "Read information about the current user.",
            },
        } } } },
        "responses": {
            "MalformedCredentials": malformed,
            "Unauthenticated": challenged(UNAUTHENTICATED),
            "InsufficientScope": challenged("The access token lacks a scope (`insufficient_scope`)."),
            "Unavailable": refusal(
                "The access token cannot be checked now.", "Retry-After", "Seconds until the next attempt.", "integer",
            ),
        },
        "schemas": {
            "ErrorBody": {
                "type": "object",
                "description": "The body of every error.",
                "required": ["code", "message"],
                "properties": {
                    "code": { "$ref": "#/components/schemas/Code" },
                    "message": { "type": "string" },
                },
            },
            "Code": { "type": "string", "enum": ["Denied"] },
        },
    })
}

#[test]
fn refusals_have_the_media_type_and_schema_of_the_application() {
    let reference = |name: &str| json!({ "$ref": format!("#/components/responses/{name}") });
    let router = router().route("/items", get(items)).route("/health", get(health));
    assert_eq!(
        document(router),
        json!({
            "openapi": "3.1.0",
            "info": { "title": "API", "version": "0.1.0" },
            "paths": {
                "/items": { "get": {
                    "operationId": "get_items",
                    "summary": "Items",
                    "responses": {
                        "200": { "description": "Success." }, "default": { "description": "Any other response." },
                        "400": reference("MalformedCredentials"),
                        "401": reference("Unauthenticated"),
                        "403": reference("InsufficientScope"),
                        "503": reference("Unavailable"),
                    },
                    "security": [{ "oauth2": ["items"] }],
                } },
                "/health": { "get": {
                    "operationId": "get_health",
                    "summary": "Health",
                    "responses": { "200": { "description": "Success." }, "default": { "description": "Any other response." } },
                    "security": [],
                } },
            },
            "components": components(),
        })
    );
}

/// Checks the responses of `own`.
fn check(document: &Value) {
    let document = &essential(document.clone());
    let responses = &document["paths"]["/own"]["get"]["responses"];
    let mut unauthenticated = challenged("Log in.");
    unauthenticated["content"]["application/json"] =
        json!({ "schema": { "anyOf": [{ "$ref": MINE }, { "$ref": ERROR }] } });
    let mut forbidden = challenged("Not yours.");
    forbidden["content"]["application/problem+json"] = schema(MINE);
    assert_eq!(responses["400"], json!({ "$ref": "#/components/responses/MalformedCredentials" }));
    assert_eq!(responses["401"], unauthenticated);
    assert_eq!(responses["403"], forbidden);
    assert_eq!(
        responses["503"],
        refusal("Too busy.", "Retry-After", "Seconds until the next attempt.", "integer")
    );
    assert_eq!(document["components"]["responses"], components()["responses"]);
    assert_eq!(document["components"]["schemas"]["ErrorBody"], components()["schemas"]["ErrorBody"]);
    assert_eq!(document["components"]["schemas"]["Code"], components()["schemas"]["Code"]);
}

#[test]
fn responses_of_an_operation_get_the_body_of_the_application_beside_their_own() {
    let document = document(router().routes(routes!(own)));
    check(&document);
    assert!(!document.to_string().contains("AuthProblem"), "{document}");
}

/// The attributes cannot see the schema of the router: the derived document has refusals in the format of this crate.
#[test]
fn a_fragment_replaces_the_body_in_a_derived_document() {
    struct Scheme;

    impl Modify for Scheme {
        fn modify(&self, document: &mut Document) {
            OAuth2Scheme::new::<Scope>().client_credentials("/token").modify(document);
        }
    }

    #[derive(OpenApi)]
    #[openapi(paths(own))]
    struct Plain;

    #[derive(OpenApi)]
    #[openapi(paths(own), modifiers(&Scheme))]
    struct Modified;

    let fragment = || router().routes(routes!(own)).fragment();
    for given in [Plain::openapi(), Modified::openapi()] {
        let mut merged = serde_json::to_value(&given).expect("a document is JSON");
        let mut typed = given;
        for _ in 0..2 {
            fragment().merge_into_json(&mut merged).expect("the operation is there");
            fragment().merge_into(&mut typed).expect("the operation is there");
            check(&merged);
            check(&serde_json::to_value(&typed).expect("a document is JSON"));
        }
    }
}

#[test]
fn a_fragment_has_the_schemas_of_the_application() {
    let fragment = router().route("/items", get(items)).fragment();
    let fragment = essential(serde_json::to_value(fragment).expect("a fragment is JSON"));
    assert_eq!(fragment["components"], components());
}

#[test]
fn rejections_of_axum_stay_beside_refusals_as_text() {
    let router = router().refusal_schema::<ErrorBody>("text/plain").route("/items", get(items));
    let document = document(router);
    let responses = &document["components"]["responses"];
    assert_eq!(
        responses["MalformedCredentials"]["content"],
        json!({ "text/plain": { "schema": { "anyOf": [{ "$ref": ERROR }, { "type": "string", "maxLength": 1_048_576 }] } } })
    );
    assert_eq!(responses["Unauthenticated"]["content"], json!({ "text/plain": schema(ERROR) }));
}

#[test]
fn the_schema_of_the_router_around_is_used() {
    let nested = Router::new().refusal_schema::<Mine>("text/html").route("/items", get(items));
    let document = document(router().nest("/nested", nested));
    assert_eq!(document["components"], components());
}
