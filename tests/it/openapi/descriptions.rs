//! Descriptions of handlers, and parts of existing documents that stay.

use crate::openapi::{challenge_schema, essential};
use axum::extract::Path;
use scopes_runtime::router::{any, get, routes};
use scopes_runtime::{GrantedScopes, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

type Router = ScopedRouter<ResourceServer>;

fn document(router: Router) -> Value {
    essential(serde_json::to_value(router.split_for_parts().1).expect("a document is JSON"))
}

/// The items
///  of everyone.
///
/// - by name
///   - and by owner
///
/// ```text
/// GET /items
///     ?page=2
/// ```
#[requires_scopes("items")]
#[deprecated]
async fn items() {}

#[requires_scopes("me")]
async fn me() {}

#[requires_scopes("me")]
async fn of_one(_: Path<String>) {}

#[public]
async fn health() {}

#[test]
#[allow(deprecated, reason = "the handler is")]
fn doc_comments_keep_their_formatting() {
    let document = document(Router::new().route("/items", get(items)).route("/me", get(me)));
    let operation = &document["paths"]["/items"]["get"];
    assert_eq!(operation["summary"], "The items of everyone.");
    assert_eq!(
        operation["description"],
        "- by name\n  - and by owner\n\n```text\nGET /items\n    ?page=2\n```"
    );
    assert_eq!(operation["deprecated"], true);
    assert_eq!(document["paths"]["/me"]["get"]["deprecated"], Value::Null);
}

/// Returns a document written by hand.
fn given() -> OpenApi {
    let given = json!({
        "openapi": "3.1.0",
        "info": { "title": "Given", "version": "1" },
        "paths": {
            "/me": {
                "get": {
                    "operationId": "me",
                    "tags": ["users"],
                    "parameters": [{ "name": "fields", "in": "query", "required": false }],
                    "responses": {
                        "200": { "description": "Who you are." },
                        "401": { "description": "Log in first." },
                    },
                    "security": [{ "key": [] }],
                },
                "delete": { "responses": { "204": { "description": "Gone." } } },
            },
            "/other": { "get": { "operationId": "health", "responses": {} } },
        },
    });
    serde_json::from_value(given).expect("a document")
}

/// One path of a document may not be there twice with other names of its parameters.
#[test]
fn a_given_path_has_the_parameters_of_the_route() {
    let given = json!({
        "openapi": "3.1.0",
        "info": { "title": "Given", "version": "1" },
        "paths": { "/items/{id}": { "get": {
            "parameters": [{ "name": "id", "in": "path", "required": true }],
            "responses": { "200": { "description": "The item." } },
        } } },
    });
    let given: OpenApi = serde_json::from_value(given).expect("a document");
    let router = || Router::with_openapi(given.clone()).route("/items/{item}", get(of_one));
    let paths = document(router())["paths"].clone();
    assert!(paths.as_object().expect("paths").keys().eq(["/items/{item}"]), "{paths}");
    let operation = &paths["/items/{item}"]["get"];
    assert_eq!(operation["responses"]["200"]["description"], "The item.");
    assert_eq!(operation["security"], json!([{ "oauth2": ["me"] }]));
    let names: Vec<_> =
        operation["parameters"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["item"]);
    assert!(router().openapi_for(&GrantedScopes::default()).paths.paths.is_empty());
}

#[test]
fn existing_descriptions_stay() {
    let router = Router::with_openapi(given()).route("/me", get(me)).route("/health", get(health));
    let document = document(router);
    let reference = |name: &str| json!({ "$ref": format!("#/components/responses/{name}") });
    assert_eq!(
        document["paths"]["/me"]["get"],
        json!({
            "operationId": "me",
            "summary": "Me",
            "tags": ["users"],
            "parameters": [{ "name": "fields", "in": "query", "required": false }],
            "responses": {
                "200": { "description": "Who you are." },
                "400": reference("MalformedCredentials"),
                "401": {
                    "description": "Log in first.",
                    "headers": { "WWW-Authenticate": {
                        "description": "The challenge (RFC 6750 section 3).",
                        "schema": challenge_schema(),
                    } },
                    "content": { "application/problem+json": {
                        "schema": { "$ref": "#/components/schemas/AuthProblem" },
                    } },
                },
                "403": reference("InsufficientScope"),
                "503": reference("Unavailable"),
            },
            "security": [{ "oauth2": ["me"] }],
        })
    );
    let gone = json!({ "responses": { "204": { "description": "Gone." } } });
    assert_eq!(document["paths"]["/me"]["delete"], gone);
    assert_eq!(document["paths"]["/health"]["get"]["operationId"], "get_health");
}

#[test]
fn escaped_braces_of_a_path_are_percent_encoded() {
    let document = document(Router::new().route("/a{{b}}/{id}", get(of_one)));
    let operation = &document["paths"]["/a%7Bb%7D/{id}"]["get"];
    assert_eq!(operation["parameters"].as_array().expect("parameters").len(), 1);
    assert_eq!(operation["parameters"][0]["name"], "id");
}

/// `security` is also a key of utoipa's attribute.
mod security {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    pub(super) struct Policy {
        #[allow(dead_code, reason = "its schema is what matters")]
        name: String,
    }
}

#[requires_scopes("me")]
#[utoipa::path(post, path = "/policies", request_body = std::collections::HashMap<String, security::Policy>)]
async fn replace_policies() {}

#[test]
fn a_body_type_in_a_module_named_security_is_documented() {
    let document = document(Router::new().routes(routes!(replace_policies)));
    let schema =
        &document["paths"]["/policies"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["additionalProperties"]["$ref"], "#/components/schemas/Policy");
}

/// A document need not describe every method of an `any` handler.
#[test]
fn a_fragment_of_any_goes_to_each_described_method() {
    let fragment = || Router::new().route("/p", any(me).get(of_one)).fragment();
    let elsewhere = |methods: Value| json!({ "openapi": "3.1.0", "info": {}, "paths": { "/p": methods } });
    let mut document = elsewhere(json!({ "get": { "responses": {} }, "post": { "responses": {} } }));
    fragment().merge_into_json(&mut document).expect("all that is described");
    assert_eq!(document["paths"]["/p"]["post"]["security"], json!([{ "oauth2": ["me"] }]));
    let mut typed = given();
    let operation = typed.paths.paths.remove("/me").expect("a path");
    typed.paths.paths.insert("/p".to_owned(), operation);
    fragment().merge_into(&mut typed).expect("all that is described");
    let mut without_get = elsewhere(json!({ "post": { "responses": {} } }));
    assert_eq!(
        fragment().merge_into_json(&mut without_get).expect_err("an error").to_string(),
        "the document does not describe `GET /p`, which the router serves; describe each, or leave it out of the router"
    );
}
