//! Documented refusals beside the responses that operations document themselves.

mod fragments;
mod served;

use axum::extract::Path;
use scopes_runtime::AccessToken;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::routes;
use scopes_runtime::{ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi, ToResponse, ToSchema};

use super::document;
use crate::openapi::{challenge_schema, essential};

#[derive(ToSchema)]
struct Mine {
    #[allow(dead_code, reason = "its schema is what matters")]
    reason: String,
}

#[derive(ToResponse)]
#[response(description = "Not yours.", content_type = "text/html")]
struct Named(#[allow(dead_code, reason = "its schema is what matters")] String);

#[requires_scopes("items")]
#[utoipa::path(
    get,
    path = "/own/{id}",
    params(("id" = u32, Path)),
    responses(
        (status = 200, description = "It."),
        (status = 400, description = "A bad filter.", body = Mine),
        (
            status = 401,
            description = "Log in.",
            body = Mine,
            content_type = "application/problem+json",
            headers(("www-authenticate" = String, description = "My challenge.")),
        ),
        (status = 403, response = Named),
        (status = 503, description = "Too busy.", body = String, content_type = "text/html"),
    ),
)]
async fn own(_: Path<u32>) {}

#[requires_scopes("items")]
#[utoipa::path(
    get,
    path = "/broad",
    responses((status = 200, description = "It."), (status = "4XX", description = "No.", body = Mine)),
)]
async fn broad() {}

#[requires_scopes("items")]
async fn plain(_: Path<u32>) {}

#[public]
async fn greet(_: Option<AccessToken>) {}

const MINE: &str = "#/components/schemas/Mine";
const PROBLEM: &str = "#/components/schemas/AuthProblem";

fn schema(reference: &str) -> Value {
    json!({ "schema": { "$ref": reference } })
}

/// Checks the responses of `own`.
fn check(document: &Value) {
    let document = &essential(document.clone());
    let responses = &document["paths"]["/own/{id}"]["get"]["responses"];
    let challenge =
        json!({ "description": "The challenge (RFC 6750 section 3).", "schema": challenge_schema() });
    assert_eq!(
        responses["400"],
        json!({
            "description": "A bad filter.",
            "headers": { "WWW-Authenticate": challenge },
            "content": { "application/json": schema(MINE), "application/problem+json": schema(PROBLEM) },
        })
    );
    assert_eq!(
        responses["401"],
        json!({
            "description": "Log in.",
            "headers": { "www-authenticate": {
                "description": "My challenge.",
                "schema": { "type": "string" },
            } },
            "content": { "application/problem+json": { "schema": {
                "anyOf": [{ "$ref": MINE }, { "$ref": PROBLEM }],
            } } },
        })
    );
    assert_eq!(
        responses["403"],
        json!({
            "description": "Not yours.",
            "headers": { "WWW-Authenticate": challenge },
            "content": {
                "text/html": { "schema": { "type": "string" } },
                "application/problem+json": schema(PROBLEM),
            },
        })
    );
    assert_eq!(
        responses["503"],
        json!({
            "description": "Too busy.",
            "headers": { "Retry-After": {
                "description": "Seconds until the next attempt.",
                "schema": { "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX },
            } },
            "content": {
                "text/html": { "schema": { "type": "string" } },
                "application/problem+json": schema(PROBLEM),
            },
        })
    );
}

#[derive(OpenApi)]
#[openapi(components(responses(Named), schemas(Mine)))]
struct Components;

struct Scheme;

impl Modify for Scheme {
    fn modify(&self, document: &mut Document) {
        OAuth2Scheme::new::<Scope>().password("/token").modify(document);
    }
}

#[test]
fn a_router_documents_its_refusals_beside_those_of_the_operation() {
    check(&document(ScopedRouter::with_openapi(Components::openapi()).routes(routes!(own))));
}

#[test]
fn a_derived_document_has_refusals_beside_those_of_the_operation() {
    #[derive(OpenApi)]
    #[openapi(paths(own), components(responses(Named)), modifiers(&Scheme, &Scheme))]
    struct Api;

    check(&serde_json::to_value(Api::openapi()).expect("a document is JSON"));
}

#[test]
fn a_reference_without_its_component_stays() {
    let operation = <__path_own as utoipa::Path>::operation();
    let operation = serde_json::to_value(operation).expect("an operation is JSON");
    assert_eq!(operation["responses"]["403"], json!({ "$ref": "#/components/responses/Named" }));
    assert!(
        operation["responses"]["401"]["content"]["application/problem+json"]["schema"]["anyOf"].is_array()
    );
}
