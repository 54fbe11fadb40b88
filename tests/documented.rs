//! `#[utoipa::path]` below the attribute: whatever utoipa knows stays, and what the handler requires is added, whichever
//! way the document is made.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request, StatusCode};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{ScopedRouter, get, routes};
use scopes_runtime::{AccessToken, ResourceServer, public, requires_scopes};
use scopes_tests::{Readable, Scope, send, token};
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

#[public(reason = "anyone may know that it runs")]
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
    serde_json::to_value(openapi).expect("a document is JSON")
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

/// A response without content of its own, with the refusal beside it.
fn with_refusal(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "WWW-Authenticate": {
            "description": "The challenge (RFC 6750 section 3).",
            "schema": { "type": "string" },
        } },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/AuthProblem" } } },
    })
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().routes(routes!(read, writing::create, writing::read, health, greet, below))
}

#[test]
fn the_scoped_router_keeps_what_utoipa_knows_and_adds_what_scopes_say() {
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
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {}", token(&format!("x {scopes}"))));
        let answer = send(&app, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} with {scopes}");
    }
}

#[test]
fn parameters_of_a_nested_routers_prefix_are_described() {
    let router = ScopedRouter::<ResourceServer>::new().nest("/tenants/{tenant}", router());
    let document = document(&router.split_for_parts().1);
    let below = &document["paths"]["/tenants/{tenant}/below/{id}"]["get"];
    let names: Vec<_> =
        below["parameters"].as_array().expect("parameters").iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["id", "tenant"]);
}

/// What both ways without a `ScopedRouter` say of an operation that the attribute stands above.
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
fn a_derived_document_says_what_scopes_say() {
    #[derive(OpenApi)]
    #[openapi(paths(read, writing::create, health))]
    struct Api;

    let document = document(&Api::openapi());
    check_attributed(&document);
    assert_eq!(document["paths"]["/items"]["get"]["tags"], json!(["items"]));
    assert_eq!(document["paths"]["/items"]["post"]["tags"], json!(["writing"]));
}

#[test]
fn a_router_of_utoipa_says_what_scopes_say() {
    let router = OpenApiRouter::<ResourceServer>::new()
        .routes(utoipa_axum::routes!(read, writing::create))
        .routes(utoipa_axum::routes!(health));
    check_attributed(&document(router.get_openapi()));
}

#[test]
fn generic_code_sees_what_scopes_say() {
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
fn a_conditional_attribute_is_found() {
    let document =
        document(&ScopedRouter::<ResourceServer>::new().routes(routes!(conditional)).split_for_parts().1);
    assert_eq!(document["paths"]["/conditional"]["get"]["security"], json!([{ "oauth2": ["me"] }]));
    let operation = <__path_conditional as utoipa::Path>::operation();
    assert!(operation.security.is_some());
}

#[test]
fn routes_finds_a_handler_that_was_brought_by_use() {
    use writing::create;

    let router = ScopedRouter::<ResourceServer>::new().routes(routes!(create));
    let document = document(&router.split_for_parts().1);
    assert_eq!(document["paths"]["/items"]["post"]["operationId"], "post_items");
}

mod named_alike {
    #[allow(unused_imports, reason = "it brings another handler of the name")]
    use super::*;

    #[requires_scopes("me")]
    pub(super) async fn read() {}
}

/// The attribute does not take another handler's `#[utoipa::path]` for one above itself.
#[test]
fn a_handler_may_have_the_name_of_a_described_one() {
    #[requires_scopes("me")]
    async fn read() {}

    let router = ScopedRouter::<ResourceServer>::new()
        .route("/items", get(named_alike::read))
        .route("/mine", get(read))
        .routes(routes!(writing::read));
    assert_eq!(
        document(&router.split_for_parts().1)["paths"]["/items"]["get"]["security"][0]["oauth2"][0],
        "me"
    );
}

#[test]
fn a_raw_name_is_fine() {
    #[requires_scopes("me")]
    #[utoipa::path(get, path = "/type", responses((status = 200, description = "It.")))]
    async fn r#type() {}

    let router = ScopedRouter::<ResourceServer>::new()
        .security_scheme(OAuth2Scheme::new::<Scope>().password("/token"))
        .routes(routes!(r#type,));
    let document = document(&router.split_for_parts().1);
    assert_eq!(document["paths"]["/type"]["get"]["security"], json!([{ "oauth2": ["me"] }]));
    assert_eq!(document["paths"]["/type"]["get"]["operationId"], json!("get_type"));
}

#[test]
fn operation_ids_are_unique_whoever_chose_them() {
    mod more {
        use super::*;

        #[requires_scopes("me")]
        #[utoipa::path(
            method(get, put),
            path = "/several",
            operation_id = "health",
            responses((status = 200, description = "It.")),
        )]
        pub(super) async fn several() {}

        #[public]
        pub(super) async fn health_2() {}
    }
    let inner = || ScopedRouter::new().route("/a", get(more::health_2)).route("/b", get(health));
    let router = ScopedRouter::<ResourceServer>::new()
        .routes(routes!(more::several))
        .nest("/1", inner())
        .nest("/2", inner());
    let document = document(&router.split_for_parts().1);
    let paths = document["paths"].as_object().expect("paths").values();
    let mut ids: Vec<_> = paths
        .flat_map(|item| item.as_object().expect("methods").values())
        .map(|operation| operation["operationId"].as_str().expect("an id"))
        .collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    assert_eq!(ids.len(), 6);
}
