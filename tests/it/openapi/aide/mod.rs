//! The document that aide generates for scoped handlers.

mod operations;
mod responses;

use crate::openapi::{UNAUTHENTICATED, challenge_schema, essential};
use aide::OperationInput;
use aide::axum::ApiRouter;
use aide::axum::routing::get;
use aide::openapi::OpenApi;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::openapi::{OAuth2Scheme, SCHEME_NAME};
use scopes_runtime::{AccessToken, AuthError, RequiredScopes, ResourceServer, public, requires_scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
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

/// Greets the caller.
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

#[requires_scopes(may_require("items"))]
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
    essential(serde_json::to_value(openapi).expect("a document is JSON"))
}

/// Returns the GET operation of this path.
fn operation(path: &str, api: ApiRouter<ResourceServer>) -> Value {
    document(api)["paths"][path]["get"].take()
}

const FORBIDDEN: &str = "The access token lacks a scope (`insufficient_scope`).";

fn refusal(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "WWW-Authenticate": {
            "description": "The challenge (RFC 6750 section 3).",
            "style": "simple",
            "schema": challenge_schema(),
        } },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/AuthProblem" } } },
    })
}

fn malformed() -> Value {
    let mut response = refusal(
        "The request is malformed: its `Authorization` header (`invalid_request`), or a path, query or body that the \
         operation does not accept.",
    );
    response["content"]["text/plain"] = json!({ "schema": { "type": "string", "maxLength": 1_048_576 } });
    response
}

fn unavailable() -> Value {
    json!({
        "description": "The access token cannot be checked now.",
        "headers": { "Retry-After": {
            "description": "Seconds until the next attempt.",
            "style": "simple",
            "schema": { "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX },
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
