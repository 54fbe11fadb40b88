//! `TypedPath` of axum-extra: the type of the parameters has the path, and the router and the document read it.

use axum::Router;
use axum_extra::routing::TypedPath;
use scopes_runtime::router::{get, routes};
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::{Readable, Scope, call, token};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams, TypedPath)]
#[into_params(parameter_in = Path)]
#[typed_path("/users/{user}/items/{item_id}")]
struct ItemPath {
    user: String,
    /// The number of the item.
    item_id: u32,
}

#[requires_scopes("items")]
async fn read_item(ItemPath { user, item_id }: ItemPath) -> String {
    format!("item {item_id} of {user}")
}

#[requires_scopes("items:write")]
#[utoipa::path(delete, path = ItemPath::PATH, params(ItemPath), responses((status = 200, description = "Gone.")))]
async fn delete_item(ItemPath { user, item_id }: ItemPath) -> String {
    format!("item {item_id} of {user} is gone")
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().route(ItemPath::PATH, get(read_item)).routes(routes!(delete_item))
}

#[test]
fn the_parameters_of_a_typed_path_are_documented() {
    let document = serde_json::to_value(router().split_for_parts().1).expect("a document is JSON");
    let item = &document["paths"]["/users/{user}/items/{item_id}"];
    let parameter =
        |name: &str, schema: Value| json!({ "name": name, "in": "path", "required": true, "schema": schema });
    let text = json!({ "type": "string" });
    assert_eq!(
        item["get"]["parameters"],
        json!([parameter("user", text.clone()), parameter("item_id", text.clone())])
    );
    let mut number = parameter("item_id", json!({ "type": "integer", "format": "int32", "minimum": 0 }));
    number["description"] = "The number of the item.".into();
    assert_eq!(item["delete"]["parameters"], json!([parameter("user", text), number]));
    assert_eq!(item["get"]["security"], json!([{ "oauth2": ["items"] }]));
    assert_eq!(item["delete"]["security"], json!([{ "oauth2": ["items:write"] }]));
}

#[tokio::test]
async fn a_typed_path_is_read_after_the_token_is_checked() {
    let app = Router::from(router().with_state(ResourceServer::new(Readable::default())));
    for (method, path, scopes, status) in [
        ("GET", "/users/alice/items/5", "items", 200),
        ("DELETE", "/users/alice/items/5", "items:write", 200),
        ("DELETE", "/users/alice/items/5", "items", 403),
        ("GET", "/users/alice/items/x", "me", 403),
        ("GET", "/users/alice/items/x", "items", 400),
    ] {
        let answer = call(&app, method, path, Some(&token(scopes))).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} with {scopes}");
    }
    let answer = call(&app, "GET", "/users/alice/items/5", Some(&token("items"))).await;
    assert_eq!(answer.text, "item 5 of alice");
}
