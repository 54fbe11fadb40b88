//! What the document says of refusals beside the responses that operations document themselves.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request, StatusCode, header};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{get, routes};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::{Scope, send, token};
use serde_json::{Value, json};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi, ToResponse, ToSchema};

use crate::{document, parts};

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
    let responses = &document["paths"]["/own/{id}"]["get"]["responses"];
    let challenge =
        json!({ "description": "The challenge (RFC 6750 section 3).", "schema": { "type": "string" } });
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
                "schema": { "type": "integer" },
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
fn without_the_components_a_reference_stays() {
    let operation = <__path_own as utoipa::Path>::operation();
    let operation = serde_json::to_value(operation).expect("an operation is JSON");
    assert_eq!(operation["responses"]["403"], json!({ "$ref": "#/components/responses/Named" }));
    assert!(
        operation["responses"]["401"]["content"]["application/problem+json"]["schema"]["anyOf"].is_array()
    );
}

/// A document that utoipa makes of the operation without the attributes.
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
fn a_fragment_goes_beside_the_responses_of_a_document() {
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
fn a_component_of_the_name_of_a_refusal_gets_it_beside_its_own() {
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
        let component = &document["components"]["responses"]["Unauthenticated"];
        assert_eq!(component["description"], "Mine.");
        assert_eq!(component["content"]["application/problem+json"], schema(PROBLEM));
        assert!(component["content"]["text/html"].is_object());
        assert!(component["headers"]["WWW-Authenticate"].is_object());
    }
}

/// The response of a status hides one of a range, which is for what the operation itself refuses.
#[test]
fn a_range_of_statuses_keeps_its_content() {
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
fn references_in_a_circle_stay() {
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
        let responses = &document["paths"]["/broad"]["get"]["responses"];
        assert_eq!([&responses["401"], &responses["403"]], [&reference("A"), &reference("Gone")]);
    }
}

/// Every refusal of the server has its status, media type and headers in the document.
#[tokio::test]
async fn the_server_refuses_as_the_document_says() {
    let router = ScopedRouter::with_openapi(Components::openapi())
        .routes(routes!(own))
        .route("/plain/{id}", get(plain))
        .route("/greeting", get(greet));
    let (document, app) = parts(router);
    let bearer = |token: &str| format!("Bearer {token}");
    let items = bearer(&token("items"));
    let cases = [
        ("/own/1", "/own/{id}", None, 401),
        ("/own/1", "/own/{id}", Some("Bearer".to_owned()), 400),
        ("/own/1", "/own/{id}", Some(bearer("bad")), 401),
        ("/own/1", "/own/{id}", Some(bearer(&token("me"))), 403),
        ("/own/1", "/own/{id}", Some(bearer("down")), 503),
        ("/plain/1", "/plain/{id}", None, 401),
        ("/plain/1", "/plain/{id}", Some("Bearer".to_owned()), 400),
        ("/plain/x", "/plain/{id}", Some(items), 400),
        ("/plain/1", "/plain/{id}", Some(bearer(&token("me"))), 403),
        ("/plain/1", "/plain/{id}", Some(bearer("down")), 503),
        ("/greeting", "/greeting", Some("Bearer".to_owned()), 400),
        ("/greeting", "/greeting", Some(bearer("bad")), 401),
        ("/greeting", "/greeting", Some(bearer("down")), 503),
    ];
    for (uri, path, authorization, status) in cases {
        let mut request = Request::builder().uri(uri);
        if let Some(authorization) = &authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let answer = send(&app, request.body(Body::empty()).expect("a request")).await;
        let case = format!("{uri} with {authorization:?}");
        assert_eq!(answer.status, StatusCode::from_u16(status).expect("a status"), "{case}");

        let mut response = &document["paths"][path]["get"]["responses"][status.to_string()];
        if let Some(reference) = response["$ref"].as_str() {
            response = document.pointer(&reference[1..]).expect("it refers to a component");
        }
        let media_type = answer.headers[header::CONTENT_TYPE].to_str().expect("text");
        let media_type = media_type.split(';').next().expect("a media type");
        assert!(response["content"][media_type].is_object(), "{case}: {media_type} in {response}");
        for name in ["WWW-Authenticate", "Retry-After"] {
            if answer.headers.contains_key(name) {
                let headers = response["headers"].as_object().expect("headers");
                assert!(headers.keys().any(|other| other.eq_ignore_ascii_case(name)), "{case}: {name}");
            }
        }
    }
}
