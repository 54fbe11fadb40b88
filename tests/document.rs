//! The OpenAPI document of a `ScopedRouter`, as a whole, and that it says what the server does.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{any, connect, get, post};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, send, token};
use serde_json::{Value, json};

#[path = "document/operation_ids.rs"]
mod operation_ids;
#[path = "document/responses.rs"]
mod responses;

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

/// Greets whoever is there.
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

/// The document, and the application that it is of.
fn parts(router: ScopedRouter<ResourceServer>) -> (Value, Router) {
    let (router, openapi) = router.split_for_parts();
    let document = serde_json::to_value(openapi).expect("a document is JSON");
    (document, router.with_state(ResourceServer::new(Readable::default())))
}

fn document(router: ScopedRouter<ResourceServer>) -> Value {
    parts(router).0
}

fn refusals(names: &[(&str, &str)]) -> Value {
    let mut responses = json!({ "default": { "description": "The response of the operation." } });
    for (status, name) in names {
        responses[status] = json!({ "$ref": format!("#/components/responses/{name}") });
    }
    responses
}

#[test]
fn the_document_says_what_every_route_requires() {
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
                "summary": "Greets whoever is there.",
                "responses": refusals(&unauthenticated),
                "security": [{}, { "oauth2": [] }],
            } },
            "/health": { "get": {
                "operationId": "get_health",
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
                "responses": refusals(&forbidden),
                "security": [{ "oauth2": ["me"] }],
            } },
            "/users/{name}/files/{path}": { "get": {
                "operationId": "get_users_byName_files_byPath",
                "parameters": [parameter("name"), parameter("path")],
                "responses": refusals(&forbidden),
                "security": [{ "oauth2": ["me"] }],
            } },
        })
    );
}

#[test]
fn the_components_have_the_scheme_with_every_scope_and_the_answers() {
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
                "schema": { "type": "string" },
            } },
            "content": { "application/problem+json": problem },
        })
    };
    let mut malformed = refusal(
        "The request is malformed: its `Authorization` header (`invalid_request`), or a path, query or body that the \
         operation does not accept.",
    );
    malformed["content"]["text/plain"] = json!({ "schema": { "type": "string" } });
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
                "Unauthenticated": refusal("The access token is missing or invalid (`invalid_token`)."),
                "InsufficientScope": refusal("The access token lacks a scope (`insufficient_scope`)."),
                "Unavailable": {
                    "description": "The access token cannot be checked now.",
                    "headers": { "Retry-After": {
                        "description": "Seconds until the next attempt.",
                        "schema": { "type": "integer" },
                    } },
                    "content": { "application/problem+json": problem },
                },
            },
            "schemas": { "AuthProblem": {
                "type": "object",
                "description": "Why a request was refused (RFC 9457).",
                "required": ["title", "status", "detail"],
                "properties": {
                    "title": { "type": "string" },
                    "status": { "type": "integer" },
                    "detail": { "type": "string" },
                    "error": { "type": "string" },
                    "scope": { "type": "string" },
                    "acr_values": { "type": "string" },
                    "max_age": { "type": "integer" },
                    "alternatives": { "type": "array", "items": { "type": "string" } },
                },
            } },
        })
    );
}

#[test]
fn a_document_without_a_scheme_asks_for_a_bearer_token() {
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
fn any_method_is_every_method_that_openapi_knows() {
    let document =
        document(ScopedRouter::new().route("/any", any(create)).route("/connect", connect(create)));
    let methods = document["paths"]["/any"].as_object().expect("methods");
    let methods: Vec<_> = methods.keys().map(String::as_str).collect();
    assert_eq!(methods, ["delete", "get", "head", "options", "patch", "post", "put", "trace"]);
    assert_eq!(document["paths"].as_object().expect("paths").len(), 1);
}

/// Reads `security` as OpenAPI does, a broader scope counting for those that its description includes.
fn allowed(security: &Value, granted: &[&str]) -> bool {
    let includes = |broad: &str, narrow: &str| {
        let broader: &[&str] = match narrow {
            "items" => &["items:write"],
            "invoices" => &["billing"],
            "invoices:read" => &["invoices", "billing"],
            _ => &[],
        };
        broad == narrow || broader.contains(&broad)
    };
    let alternatives = security.as_array().expect("a list");
    alternatives.iter().any(|alternative| {
        let schemes = alternative.as_object().expect("an object");
        schemes.values().all(|scopes| {
            let scopes = scopes.as_array().expect("a list").iter();
            scopes.filter_map(Value::as_str).all(|scope| granted.iter().any(|broad| includes(broad, scope)))
        })
    })
}

#[tokio::test]
async fn the_server_decides_as_the_document_says() {
    let router = router();
    let (document, app) = parts(router);
    let names = ["me", "items", "items:write", "invoices:read", "invoices", "billing"];
    let mut compared = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            for set in 0..1_u32 << names.len() {
                let granted: Vec<_> =
                    (0..names.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| names[bit]).collect();
                let request = Request::builder()
                    .method(method.to_uppercase().as_str())
                    .uri(path.replace(['{', '}'], ""))
                    .header("authorization", format!("Bearer {}", token(&format!("x {}", granted.join(" ")))))
                    .body(Body::empty())
                    .expect("a request");
                let answer = send(&app, request).await;
                let expected = match operation["security"].as_array().is_some_and(Vec::is_empty)
                    || allowed(&operation["security"], &granted)
                {
                    true => StatusCode::OK,
                    false => StatusCode::FORBIDDEN,
                };
                assert_eq!(answer.status, expected, "{method} {path} with {granted:?}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 7 * 64);
}

#[tokio::test]
async fn head_is_documented_by_the_handler_that_serves_it() {
    for (routes, allowed) in [
        (ScopedRouter::new().route("/", any(create).get(health)), true),
        (ScopedRouter::new().route("/", any(health)).route("/", get(create)), false),
    ] {
        let routes: ScopedRouter<ResourceServer> = routes;
        let (document, app) = parts(routes);
        assert_eq!(document["paths"]["/"]["get"]["security"] == json!([]), allowed);
        assert_eq!(document["paths"]["/"]["put"]["security"] == json!([]), !allowed);
        assert!(document["paths"]["/"]["head"].is_null(), "GET speaks for it");
        let request = Request::builder().method("HEAD").uri("/").body(Body::empty()).expect("a request");
        assert_eq!(send(&app, request).await.status.is_success(), allowed);
    }
}

#[tokio::test]
async fn a_nested_path_is_the_one_that_is_served() {
    let inner = || ScopedRouter::new().route("/", get(health)).route("/b", get(health));
    for (prefix, paths) in [("/a", ["/a", "/a/b"]), ("/a/", ["/a/", "/a/b"])] {
        let router = ScopedRouter::<ResourceServer>::new().nest(prefix, inner());
        let (document, app) = parts(router);
        let documented: Vec<_> = document["paths"].as_object().expect("paths").keys().collect();
        assert_eq!(documented, paths);
        for path in paths {
            assert_eq!(scopes_tests::get(&app, path, &[]).await.status, StatusCode::OK, "{path}");
        }
    }
}
