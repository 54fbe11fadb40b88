//! `#[utoipa::path]` below the attribute: its description stays, and security and refusals are added, for each way to
//! generate the document.

mod names;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{ScopedRouter, any, get, post, routes};

use crate::openapi::{challenge_schema, essential};
use scopes_runtime::{AccessToken, ResourceServer, public, requires_scopes};
use scopes_tests::{Readable, Scope, call, token};
use serde_json::{Value, json};
use utoipa::openapi::OpenApi as Document;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;

#[derive(serde::Serialize, ToSchema)]
struct Item {
    name: String,
}

/// All items.
#[requires_scopes("items")]
#[utoipa::path(
    get,
    path = "/items",
    tag = "items",
    responses((status = 200, description = "All items.", body = [Item])),
)]
async fn read() -> axum::Json<Vec<Item>> {
    axum::Json(vec![Item { name: "Foo".to_owned() }])
}

mod writing {
    use super::*;

    #[requires_scopes(any("items:write", all("me", "items")))]
    #[utoipa::path(
        post,
        path = "/items",
        responses((status = 201, description = "Created."), (status = 403, description = "My own words.")),
    )]
    pub(super) async fn create() -> StatusCode {
        StatusCode::CREATED
    }

    /// A second handler of the name.
    #[requires_scopes("me")]
    #[utoipa::path(delete, path = "/items", operation_id = "empty", responses((status = 204, description = "Gone.")))]
    pub(super) async fn read() -> StatusCode {
        StatusCode::NO_CONTENT
    }
}

#[public(reason = "for load balancers")]
#[utoipa::path(get, path = "/health", responses((status = 200, description = "It runs.")))]
async fn health() {}

#[public]
#[utoipa::path(get, path = "/greeting", responses((status = 200, description = "Hello.")))]
async fn greet(_: Option<AccessToken>) {}

#[requires_scopes("me")]
#[cfg_attr(all(), utoipa::path(get, path = "/conditional", responses((status = 200, description = "It."))))]
async fn conditional() {}

#[requires_scopes("items")]
#[utoipa::path(get, path = "/below/{id}", params(("id" = u32, Path)), responses((status = 200, description = "It.")))]
async fn below(Path(id): Path<u32>) -> String {
    id.to_string()
}

fn document(openapi: &Document) -> Value {
    essential(serde_json::to_value(openapi).expect("a document is JSON"))
}

fn refusals(responses: Value) -> Value {
    let mut responses = responses;
    for (status, name) in [
        ("400", "MalformedCredentials"),
        ("401", "Unauthenticated"),
        ("403", "InsufficientScope"),
        ("503", "Unavailable"),
    ] {
        let answers = responses.as_object_mut().expect("responses");
        answers.entry(status).or_insert_with(|| json!({ "$ref": format!("#/components/responses/{name}") }));
    }
    responses
}

/// Returns a response with this description and the content of a refusal.
fn with_refusal(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "WWW-Authenticate": {
            "description": "The challenge (RFC 6750 section 3).",
            "schema": challenge_schema(),
        } },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/AuthProblem" } } },
    })
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().routes(routes!(read, writing::create, writing::read, health, greet, below))
}

#[test]
fn the_scoped_router_adds_security_and_refusals_to_utoipa_paths() {
    let document = document(&router().split_for_parts().1);
    assert_eq!(
        document["paths"]["/items"],
        json!({
            "get": {
                "tags": ["items"],
                "summary": "All items.",
                "operationId": "get_items",
                "responses": refusals(json!({ "200": {
                    "description": "All items.",
                    "content": { "application/json": {
                        "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Item" } },
                    } },
                } })),
                "security": [{ "oauth2": ["items"] }],
            },
            "post": {
                "operationId": "post_items",
                "responses": refusals(json!({
                    "201": { "description": "Created." },
                    "403": with_refusal("My own words."),
                })),
                "security": [{ "oauth2": ["items:write"] }, { "oauth2": ["me", "items"] }],
            },
            "delete": {
                "summary": "A second handler of the name.",
                "operationId": "empty",
                "responses": refusals(json!({ "204": { "description": "Gone." } })),
                "security": [{ "oauth2": ["me"] }],
            },
        })
    );
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
    assert_eq!(
        document["paths"]["/health"]["get"]["responses"],
        json!({ "200": { "description": "It runs." } })
    );
    assert_eq!(document["paths"]["/greeting"]["get"]["security"], json!([{}, { "oauth2": [] }]));
    let below = &document["paths"]["/below/{id}"]["get"];
    assert_eq!(below["security"], json!([{ "oauth2": ["items"] }]));
    assert_eq!(below["parameters"].as_array().map(Vec::len), Some(1));
    let schemas: Vec<_> = document["components"]["schemas"].as_object().expect("schemas").keys().collect();
    assert_eq!(schemas, ["AuthProblem", "Item"]);
}

/// The router sets path and method, and the attribute the rest.
#[test]
fn a_route_has_the_description_of_the_attribute() {
    let by_route = ScopedRouter::<ResourceServer>::new()
        .route("/items", get(read).post(writing::create).delete(writing::read))
        .route("/health", get(health))
        .route("/greeting", get(greet))
        .route("/below/{id}", get(below));
    assert_eq!(document(&by_route.split_for_parts().1), document(&router().split_for_parts().1));
}

#[test]
fn a_route_at_another_path_has_the_parameters_of_this_path() {
    let router = ScopedRouter::<ResourceServer>::new()
        .route("/elsewhere/{other}", post(below))
        .route("/moved", any(writing::read));
    let document = document(&router.split_for_parts().1);
    assert_eq!(
        document["paths"]["/elsewhere/{other}"]["post"],
        json!({
            "operationId": "post_elsewhere_byOther",
            "parameters": [{ "name": "other", "in": "path", "required": true, "schema": { "type": "string" } }],
            "responses": refusals(json!({ "200": { "description": "It." } })),
            "security": [{ "oauth2": ["items"] }],
        })
    );
    assert_eq!(document["paths"]["/below/{id}"], Value::Null);
    let moved = document["paths"]["/moved"].as_object().expect("a path");
    assert!(moved.values().all(|operation| operation["responses"]["204"]["description"] == "Gone."));
    assert!(moved.len() > 1);
}

#[tokio::test]
async fn the_scoped_router_serves_every_method_and_path() {
    let app = Router::from(router().with_state(ResourceServer::new(Readable::default())));
    let cases = [
        ("GET", "/items", "items", 200),
        ("HEAD", "/items", "items", 200),
        ("GET", "/items", "me", 403),
        ("POST", "/items", "items", 403),
        ("POST", "/items", "items me", 201),
        ("DELETE", "/items", "me", 204),
        ("GET", "/health", "", 200),
        ("GET", "/below/5", "items", 200),
        ("GET", "/below/5", "me", 403),
    ];
    for (method, path, scopes, status) in cases {
        let answer = call(&app, method, path, Some(&token(&format!("x {scopes}")))).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} with {scopes}");
    }
}

#[test]
fn parameters_of_a_prefix_are_documented() {
    let router = ScopedRouter::<ResourceServer>::new().nest("/tenants/{tenant}", router());
    let document = document(&router.split_for_parts().1);
    let below = &document["paths"]["/tenants/{tenant}/below/{id}"]["get"];
    let names: Vec<_> = below["parameters"]
        .as_array()
        .expect("parameters")
        .iter()
        .map(|parameter| parameter["name"].clone())
        .collect();
    assert_eq!(names, ["id", "tenant"]);
}

/// Checks operations of documents that are generated without a `ScopedRouter`.
fn check_attributed(document: &Value) {
    let items = &document["paths"]["/items"];
    assert_eq!(items["get"]["security"], json!([{ "oauth2": ["items"] }]));
    assert_eq!(items["get"]["operationId"], json!("read"));
    assert_eq!(items["get"]["responses"]["401"], json!({ "$ref": "#/components/responses/Unauthenticated" }));
    assert_eq!(
        items["post"]["security"],
        json!([{ "oauth2": ["items:write"] }, { "oauth2": ["me", "items"] }])
    );
    assert_eq!(items["post"]["responses"]["403"], with_refusal("My own words."));
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
    assert!(document["components"]["schemas"]["Item"].is_object());
}

#[test]
fn a_derived_document_has_security_and_refusals() {
    #[derive(OpenApi)]
    #[openapi(paths(read, writing::create, health))]
    struct Api;

    let document = document(&Api::openapi());
    check_attributed(&document);
    assert_eq!(document["paths"]["/items"]["get"]["tags"], json!(["items"]));
    assert_eq!(document["paths"]["/items"]["post"]["tags"], json!(["writing"]));
}

#[test]
fn an_openapi_router_has_security_and_refusals() {
    let router = OpenApiRouter::<ResourceServer>::new()
        .routes(utoipa_axum::routes!(read, writing::create))
        .routes(utoipa_axum::routes!(health));
    check_attributed(&document(router.get_openapi()));
}

#[test]
fn the_path_trait_has_the_security() {
    fn operation<P: utoipa::Path>() -> Value {
        serde_json::to_value(P::operation()).expect("an operation is JSON")
    }

    struct Named;

    #[requires_scopes("me")]
    #[utoipa::path(impl_for = Named, get, path = "/named", responses((status = 200, description = "It.")))]
    async fn named() {}

    assert_eq!(operation::<__path_read>()["security"], json!([{ "oauth2": ["items"] }]));
    assert_eq!(operation::<Named>()["security"], json!([{ "oauth2": ["me"] }]));
    let _ = get::<_, _, ResourceServer>(named);
}

#[test]
fn cfg_attr_utoipa_path_is_found() {
    let document =
        document(&ScopedRouter::<ResourceServer>::new().routes(routes!(conditional)).split_for_parts().1);
    assert_eq!(document["paths"]["/conditional"]["get"]["security"], json!([{ "oauth2": ["me"] }]));
    let operation = <__path_conditional as utoipa::Path>::operation();
    assert!(operation.security.is_some());
}
