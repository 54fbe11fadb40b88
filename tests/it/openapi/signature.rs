//! Descriptions of handlers without `#[utoipa::path]`, from their signatures.

use axum::extract::Query;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, NoContent};
use axum::{Form, Json};
use scopes_runtime::router::{get, post};
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, Serialize, ToSchema)]
struct Item {
    name: String,
    price: Price,
}

#[derive(Deserialize, Serialize, ToSchema)]
struct Price {
    cents: u32,
}

#[derive(Deserialize, IntoParams)]
struct Page {
    #[allow(dead_code, reason = "the schema is what matters")]
    offset: u32,
}

/// Has neither of the traits.
#[derive(Deserialize, Serialize)]
struct Opaque {}

#[requires_scopes("items")]
async fn list_items(_: Query<Page>) -> Json<Vec<Item>> {
    Json(Vec::new())
}

#[requires_scopes("items:write")]
async fn create_item(
    body: Result<Json<Item>, JsonRejection>,
) -> Result<(StatusCode, Json<Item>), StatusCode> {
    body.map(|item| (StatusCode::CREATED, item)).map_err(|_| StatusCode::BAD_REQUEST)
}

#[requires_scopes("items:write")]
async fn delete_item() -> Result<NoContent, StatusCode> {
    Ok(NoContent)
}

#[requires_scopes("items:write")]
async fn r#move(_: Form<Item>) {}

#[public]
async fn greet(_: Option<Json<Price>>) -> &'static str {
    "hello"
}

#[public]
async fn opaque(_: Query<Opaque>, _: Json<Opaque>) -> Json<Opaque> {
    Json(Opaque {})
}

#[public]
async fn generic<T: Send + 'static>(_: Json<T>) -> impl IntoResponse {}

fn operation(router: ScopedRouter<ResourceServer>) -> (Value, Value) {
    let mut document = serde_json::to_value(router.split_for_parts().1).expect("a document is JSON");
    let mut operation = document["paths"]["/"].as_object_mut().expect("a path").values().next().cloned();
    let mut operation = operation.as_mut().expect("an operation").take();
    for (status, _) in [("400", ()), ("401", ()), ("403", ()), ("503", ())] {
        operation["responses"].as_object_mut().expect("responses").remove(status);
    }
    (operation, document["components"]["schemas"].take())
}

fn item() -> Value {
    json!({ "$ref": "#/components/schemas/Item" })
}

#[test]
fn the_summary_is_the_name_of_the_function() {
    let (operation, _) = operation(ScopedRouter::new().route("/", post(create_item)));
    assert_eq!(operation["summary"], "Create item");
    let (operation, _) = self::operation(ScopedRouter::new().route("/", post(r#move)));
    assert_eq!(operation["summary"], "Move");
}

#[test]
fn bodies_and_queries_have_the_schemas_of_their_types() {
    let (listed, schemas) = operation(ScopedRouter::new().route("/", get(list_items)));
    assert_eq!(
        listed["parameters"],
        json!([{
            "name": "offset", "in": "query", "required": true,
            "schema": { "type": "integer", "format": "int32", "minimum": 0 },
        }])
    );
    assert_eq!(
        listed["responses"]["200"]["content"]["application/json"]["schema"],
        json!({ "type": "array", "items": item() })
    );
    assert!(schemas["Price"].is_object(), "{schemas}");
    let (created, schemas) = operation(ScopedRouter::new().route("/", post(create_item)));
    assert_eq!(
        created["requestBody"],
        json!({ "content": { "application/json": { "schema": item() } }, "required": true })
    );
    assert_eq!(schemas["Item"]["properties"]["price"], json!({ "$ref": "#/components/schemas/Price" }));
    assert_eq!(
        created["responses"],
        json!({
            "2XX": { "description": "Success.", "content": { "application/json": { "schema": item() } } },
            "default": { "description": "Any other response." },
        })
    );
    let (moved, _) = operation(ScopedRouter::new().route("/", post(r#move)));
    assert_eq!(
        moved["requestBody"]["content"],
        json!({ "application/x-www-form-urlencoded": { "schema": item() } })
    );
    let (greeted, _) = operation(ScopedRouter::new().route("/", post(greet)));
    assert_eq!(greeted["requestBody"]["required"], false);
    assert_eq!(
        greeted["responses"]["200"]["content"],
        json!({ "text/plain": { "schema": { "type": "string" } } })
    );
}

#[test]
fn an_empty_response_has_its_status() {
    let (deleted, _) = operation(ScopedRouter::new().route("/", post(delete_item)));
    assert_eq!(deleted["responses"]["204"], json!({ "description": "Success, without content." }));
}

/// The form is the query.
#[test]
fn a_get_operation_has_no_body() {
    let (moved, _) = operation(ScopedRouter::new().route("/", get(r#move)));
    assert_eq!(moved["requestBody"], Value::Null);
}

#[test]
fn types_without_schemas_and_generic_types_are_not_described() {
    for router in [
        ScopedRouter::new().route("/", post(opaque)),
        ScopedRouter::new().route("/", post(generic::<String>)),
    ] {
        let (operation, _) = operation(router);
        assert_eq!(operation["requestBody"], Value::Null);
        assert_eq!(operation["parameters"], Value::Null);
        assert_eq!(
            operation["responses"],
            json!({ "default": { "description": "The response of the operation." } })
        );
    }
}

mod other {
    use super::*;

    #[derive(Serialize, ToSchema)]
    pub(super) struct Item {
        pub(super) id: u64,
    }

    #[public]
    pub(super) async fn read_item() -> Json<Item> {
        Json(Item { id: 1 })
    }
}

/// The second type would otherwise be described as the first one.
#[test]
fn a_second_type_of_one_name_is_left_out() {
    let router = ScopedRouter::new().route("/a", post(create_item)).route("/", get(other::read_item));
    let (read, schemas) = operation(router);
    assert_eq!(read["responses"]["200"], json!({ "description": "Success." }));
    assert!(schemas["Item"]["properties"]["name"].is_object());
}
