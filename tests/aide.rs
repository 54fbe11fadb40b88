//! What handlers require in the document that aide makes.

use std::cell::RefCell;
use std::rc::Rc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get, get_with, post};
use aide::openapi::OpenApi;
use aide::{OperationInput, OperationOutput};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use scopes_runtime::openapi::{OAuth2Scheme, SCHEME_NAME};
use scopes_runtime::{
    AccessToken, AuthError, RequiredScopes, ResourceServer, ScopedRouter, public, requires_scopes, router,
};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, token};
use serde_json::{Value, json};

/// The items
/// of everyone.
///
/// Page by page.
#[requires_scopes("items", any("me", BillingScope::Invoices))]
async fn list() {}

#[requires_scopes("items:write", Scope::Items)]
async fn create(_: AccessToken, _: RequiredScopes) {}

/// Whether it works.
#[requires_scopes]
async fn status(_: Option<AccessToken>) {}

/// Greets whoever is there.
#[public]
async fn greet(_: Option<AccessToken>) {}

#[public]
async fn health() {}

struct CurrentUser;

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, _: AccessToken) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

impl OperationInput for CurrentUser {}

#[requires_scopes("items")]
async fn own_items(_: CurrentUser) {}

#[requires_scopes]
async fn own_item(token: AccessToken) -> Result<(), AuthError> {
    token.require(scopes_runtime::scopes!("items"))
}

async fn unguarded(_: AccessToken) {}

async fn unguarded_with_optional_token(_: Option<AccessToken>) {}

fn api() -> ApiRouter<ResourceServer> {
    let items = ApiRouter::new().api_route("/", get(list).post(create)).api_route("/own", get(own_items));
    ApiRouter::new()
        .nest("/items", items)
        .api_route("/status", get(status))
        .api_route("/", get(greet))
        .api_route("/health", get(health))
}

fn document(api: ApiRouter<ResourceServer>) -> Value {
    let mut openapi = OpenApi::default();
    let scheme = OAuth2Scheme::new::<Scope>().with_vocabulary::<BillingScope>().password("/token");
    let _ = api.finish_api_with(&mut openapi, |api| api.security_scheme(SCHEME_NAME, scheme.into()));
    serde_json::to_value(openapi).expect("a document is JSON")
}

/// The one operation of this path.
fn operation(path: &str, api: ApiRouter<ResourceServer>) -> Value {
    document(api)["paths"][path]["get"].take()
}

const UNAUTHENTICATED: &str = "The access token is missing or invalid (`invalid_token`).";
const FORBIDDEN: &str = "The access token lacks a scope (`insufficient_scope`).";

fn refusal(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "WWW-Authenticate": {
            "description": "The challenge (RFC 6750 section 3).",
            "style": "simple",
            "schema": { "type": "string" },
        } },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/AuthProblem" } } },
    })
}

fn malformed() -> Value {
    let mut response = refusal(
        "The request is malformed: its `Authorization` header (`invalid_request`), or a path, query or body that the \
         operation does not accept.",
    );
    response["content"]["text/plain"] = json!({ "schema": { "type": "string" } });
    response
}

fn unavailable() -> Value {
    json!({
        "description": "The access token cannot be checked now.",
        "headers": { "Retry-After": {
            "description": "Seconds until the next attempt.",
            "style": "simple",
            "schema": { "type": "integer" },
        } },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/AuthProblem" } } },
    })
}

fn public_responses() -> Value {
    json!({ "200": { "description": "no content" } })
}

fn authenticated_responses() -> Value {
    let mut responses = public_responses();
    responses["400"] = malformed();
    responses["401"] = refusal(UNAUTHENTICATED);
    responses["503"] = unavailable();
    responses
}

fn scoped_responses() -> Value {
    let mut responses = authenticated_responses();
    responses["403"] = refusal(FORBIDDEN);
    responses
}

#[test]
fn the_document_says_what_every_route_requires() {
    assert_eq!(
        document(api()),
        json!({
            "openapi": "3.1.0",
            "info": { "title": "", "version": "" },
            "paths": {
                "/items": {
                    "get": {
                        "summary": "The items of everyone.",
                        "description": "Page by page.",
                        "responses": scoped_responses(),
                        "security": [{ "oauth2": ["items", "me"] }, { "oauth2": ["items", "invoices"] }],
                    },
                    "post": {
                        "responses": scoped_responses(),
                        "security": [{ "oauth2": ["items:write"] }],
                    },
                },
                "/items/own": { "get": {
                    "responses": scoped_responses(),
                    "security": [{ "oauth2": ["items", "me"] }],
                } },
                "/status": { "get": {
                    "summary": "Whether it works.",
                    "responses": authenticated_responses(),
                    "security": [{ "oauth2": [] }],
                } },
                "/": { "get": {
                    "summary": "Greets whoever is there.",
                    "responses": authenticated_responses(),
                    "security": [{}, { "oauth2": [] }],
                } },
                "/health": { "get": {
                    "responses": public_responses(),
                    "security": [{}],
                } },
            },
            "components": {
                "securitySchemes": { "oauth2": { "type": "oauth2", "flows": { "password": {
                    "tokenUrl": "/token",
                    "refreshUrl": "/token",
                    "scopes": {
                        "billing": "Everything there is to do with money. Includes `invoices:read`, `invoices`.",
                        "invoices": "Read, send and cancel invoices. Includes `invoices:read`.",
                        "invoices:read": "Read invoices.",
                        "items": "Read items.",
                        "items:write": "Create, change and delete items. Includes `items`.",
                        "me": "Read information about the current user.",
                    },
                } } } },
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
            },
        })
    );
}

#[test]
fn both_documents_require_the_same() {
    use router::get;

    let items = ScopedRouter::new().route("/", get(list).post(create)).route("/own", get(own_items));
    let (_, own) = ScopedRouter::<ResourceServer>::new()
        .nest("/items", items)
        .route("/status", get(status))
        .route("/", get(greet))
        .route("/health", get(health))
        .split_for_parts();
    let own = serde_json::to_value(own).expect("a document is JSON");
    let aides = document(api());
    let mut compared = 0;
    for (path, methods) in own["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            // aide has no empty list.
            let expected = match &operation["security"] {
                security if *security == json!([]) => &json!([{}]),
                security => security,
            };
            let aides = &aides["paths"][path][method];
            assert_eq!(aides["security"], *expected, "{method} {path}");
            for status in ["400", "401", "403", "503"] {
                let of = |operation: &Value| operation["responses"].get(status).is_some();
                assert_eq!(of(aides), of(operation), "{status} of {method} {path}");
            }
            assert_eq!(aides["summary"], operation["summary"]);
            assert_eq!(aides["description"], operation["description"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 6);
}

#[test]
fn a_token_speaks_for_a_handler_without_an_attribute() {
    assert_eq!(
        operation("/", ApiRouter::new().api_route("/", get(unguarded))),
        json!({ "responses": authenticated_responses(), "security": [{ "oauth2": [] }] })
    );
    assert_eq!(
        operation("/", ApiRouter::new().api_route("/", get(unguarded_with_optional_token))),
        json!({ "responses": public_responses(), "security": [{}, { "oauth2": [] }] })
    );
}

#[test]
fn what_the_route_is_given_replaces_what_the_guard_says() {
    let api = ApiRouter::new().api_route(
        "/",
        get_with(status, |operation| {
            operation
                .summary("All is well.")
                .response_with::<401, String, _>(|response| response.description("Not you."))
                .response::<403, AuthError>()
        }),
    );
    let operation = operation("/", api);
    assert_eq!(operation["summary"], "All is well.");
    assert_eq!(
        operation["responses"],
        json!({
            "200": { "description": "no content" },
            "400": malformed(),
            "401": { "description": "Not you.", "content": { "text/plain; charset=utf-8": {} } },
            "403": refusal("The access token does not allow the request."),
            "503": unavailable(),
        })
    );
}

struct NotFound;

impl IntoResponse for NotFound {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

impl OperationOutput for NotFound {
    type Inner = Self;

    fn inferred_responses(
        _: &mut aide::generate::GenContext,
        _: &mut aide::openapi::Operation,
    ) -> Vec<(Option<u16>, aide::openapi::Response)> {
        let response = |description: &str| {
            serde_json::from_value(json!({
                "description": description,
                "content": {
                    "text/html": {},
                    "application/problem+json": { "schema": { "$ref": "#/components/schemas/Mine" } },
                },
            }))
            .expect("a response")
        };
        vec![(Some(403), response("Not yours.")), (Some(404), response("Not there."))]
    }
}

#[requires_scopes("items")]
async fn find() -> NotFound {
    NotFound
}

#[test]
fn what_the_handler_returns_keeps_its_own_responses_beside_the_refusals() {
    let mine = json!({ "$ref": "#/components/schemas/Mine" });
    let mut not_yours = refusal("Not yours.");
    not_yours["content"] = json!({
        "text/html": {},
        "application/problem+json": { "schema": {
            "anyOf": [mine, { "$ref": "#/components/schemas/AuthProblem" }],
        } },
    });
    assert_eq!(
        operation("/", ApiRouter::new().api_route("/", get(find)))["responses"],
        json!({
            "400": malformed(),
            "401": refusal(UNAUTHENTICATED),
            "403": not_yours,
            "404": {
                "description": "Not there.",
                "content": { "text/html": {}, "application/problem+json": { "schema": mine } },
            },
            "503": unavailable(),
        })
    );
}

#[test]
fn a_refusal_that_the_handler_returns_is_a_response() {
    let operation = operation("/", ApiRouter::new().api_route("/", get(own_item)));
    assert_eq!(operation["responses"], scoped_responses());
    assert_eq!(operation["security"], json!([{ "oauth2": [] }]));
}

#[test]
fn aide_finds_no_conflicts() {
    let errors = Rc::new(RefCell::new(Vec::new()));
    let reported = Rc::clone(&errors);
    aide::generate::on_error(move |error| reported.borrow_mut().push(error.to_string()));
    document(api().api_route("/own", get(own_item)).api_route("/unguarded", post(unguarded)));
    assert_eq!(*errors.borrow(), [""; 0]);
}

#[test]
fn without_inferred_responses_there_is_what_handlers_require() {
    aide::generate::infer_responses(false);
    let document = document(api());
    assert_eq!(document["paths"]["/items"]["post"], json!({ "security": [{ "oauth2": ["items:write"] }] }));
}

#[test]
fn without_extracted_schemas_the_problem_is_described_in_place() {
    aide::generate::extract_schemas(false);
    let operation = operation("/", ApiRouter::new().api_route("/", get(status)));
    let content = &operation["responses"]["401"]["content"]["application/problem+json"];
    assert_eq!(content["schema"]["properties"]["title"], json!({ "type": "string" }));
}

#[test]
fn a_scheme_without_a_flow_is_a_bearer_token() {
    let scheme = aide::openapi::SecurityScheme::from(OAuth2Scheme::new::<Scope>());
    let scheme = serde_json::to_value(scheme).expect("a scheme is JSON");
    assert_eq!(scheme, json!({ "type": "http", "scheme": "bearer" }));
}

#[test]
fn every_flow_has_its_place() {
    let scheme = OAuth2Scheme::new::<Scope>()
        .password("/password")
        .client_credentials("/services")
        .authorization_code("/authorize", "/people");
    let aide::openapi::SecurityScheme::OAuth2 { flows, .. } = scheme.into() else { panic!("no flows") };
    let token_url = |flow| serde_json::to_value(flow).expect("a flow is JSON");
    assert_eq!(token_url(flows.password)["password"]["tokenUrl"], "/password");
    assert_eq!(token_url(flows.client_credentials)["clientCredentials"]["tokenUrl"], "/services");
    let people = &token_url(flows.authorization_code)["authorizationCode"];
    assert_eq!([&people["authorizationUrl"], &people["tokenUrl"]], ["/authorize", "/people"]);
}

#[tokio::test]
async fn the_routes_are_guarded() {
    let mut openapi = OpenApi::default();
    let app = api().finish_api(&mut openapi).with_state(ResourceServer::new(Readable::default()));
    assert_eq!(scopes_tests::get(&app, "/items/own", &[]).await.status, 401);
    let authorization = format!("Bearer {}", token("me items"));
    assert_eq!(scopes_tests::get(&app, "/items/own", &[&authorization]).await.status, 200);
}
