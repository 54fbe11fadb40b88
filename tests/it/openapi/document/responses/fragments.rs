//! Fragments, and documents with responses of their own.

use scopes_runtime::router::routes;
use scopes_runtime::{ResourceServer, ScopedRouter};
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use super::super::document;
use super::*;
use crate::openapi::essential;

/// Returns a document that utoipa generates without the attribute of this crate.
fn elsewhere() -> Value {
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
    #[allow(dead_code, reason = "it is only described")]
    fn elsewhere() {}

    #[derive(OpenApi)]
    #[openapi(paths(elsewhere), components(responses(Named)))]
    struct Api;

    serde_json::to_value(Api::openapi()).expect("a document is JSON")
}

#[test]
fn a_fragment_is_merged_beside_documented_responses() {
    let fragment = || ScopedRouter::<ResourceServer>::new().routes(routes!(own)).fragment();
    let mut merged = elsewhere();
    let mut typed: Document = serde_json::from_value(elsewhere()).expect("a document");
    for _ in 0..2 {
        fragment().merge_into_json(&mut merged).expect("the operation is there");
        fragment().merge_into(&mut typed).expect("the operation is there");
        check(&merged);
        check(&serde_json::to_value(&typed).expect("a document is JSON"));
    }
}

#[test]
fn a_refusal_is_merged_into_a_component_of_the_same_name() {
    let mut given = elsewhere();
    given["components"]["responses"]["Unauthenticated"] =
        json!({ "description": "Mine.", "content": { "text/html": {} } });
    let router = |given: &Value| {
        ScopedRouter::with_openapi(serde_json::from_value(given.clone()).expect("a document"))
    };
    let of_router = document(router(&given).routes(routes!(own)));
    let fragment = || ScopedRouter::<ResourceServer>::new().routes(routes!(own)).fragment();
    let mut typed: Document = serde_json::from_value(given.clone()).expect("a document");
    fragment().merge_into(&mut typed).expect("the operation is there");
    fragment().merge_into_json(&mut given).expect("the operation is there");
    for document in [of_router, serde_json::to_value(typed).expect("a document is JSON"), given] {
        let document = essential(document);
        let component = &document["components"]["responses"]["Unauthenticated"];
        assert_eq!(component["description"], "Mine.");
        assert_eq!(component["content"]["application/problem+json"], schema(PROBLEM));
        assert!(component["content"]["text/html"].is_object());
        assert!(component["headers"]["WWW-Authenticate"].is_object());
    }
}

/// The response of a status replaces that of its range, which documents refusals of the operation itself.
#[test]
fn content_of_a_status_range_is_kept() {
    let of_router = document(ScopedRouter::new().routes(routes!(broad)));
    let fragment = || ScopedRouter::<ResourceServer>::new().routes(routes!(broad)).fragment();
    let mut given = json!({
        "openapi": "3.1.0",
        "info": { "title": "Given", "version": "1" },
        "paths": { "/broad": { "get": { "responses": { "4XX": {
            "description": "No.",
            "content": { "application/json": schema(MINE) },
        } } } } },
    });
    let mut typed: Document = serde_json::from_value(given.clone()).expect("a document");
    fragment().merge_into(&mut typed).expect("the operation is there");
    fragment().merge_into_json(&mut given).expect("the operation is there");
    for document in [of_router, serde_json::to_value(typed).expect("a document is JSON"), given] {
        let document = essential(document);
        let responses = &document["paths"]["/broad"]["get"]["responses"];
        for status in ["400", "401", "403"] {
            let content = &responses[status]["content"];
            assert_eq!(content["application/json"], schema(MINE), "{status}");
            assert_eq!(content["application/problem+json"], schema(PROBLEM), "{status}");
        }
        assert_eq!(responses["503"], json!({ "$ref": "#/components/responses/Unavailable" }));
        assert_eq!(responses["4XX"]["description"], "No.");
    }
}

#[test]
fn circular_references_stay() {
    let reference = |name: &str| json!({ "$ref": format!("#/components/responses/{name}") });
    let mut given = json!({
        "openapi": "3.1.0",
        "info": { "title": "Given", "version": "1" },
        "paths": { "/broad": { "get": { "responses": { "401": reference("A"), "403": reference("Gone") } } } },
        "components": { "responses": { "A": reference("B"), "B": reference("A") } },
    });
    let mut typed: Document = serde_json::from_value(given.clone()).expect("a document");
    let fragment = || ScopedRouter::<ResourceServer>::new().routes(routes!(broad)).fragment();
    fragment().merge_into(&mut typed).expect("the operation is there");
    fragment().merge_into_json(&mut given).expect("the operation is there");
    for document in [serde_json::to_value(typed).expect("a document is JSON"), given] {
        let document = essential(document);
        let responses = &document["paths"]["/broad"]["get"]["responses"];
        assert_eq!([&responses["401"], &responses["403"]], [&reference("A"), &reference("Gone")]);
    }
}
