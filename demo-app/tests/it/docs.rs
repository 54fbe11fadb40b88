//! The OpenAPI document and the documentation page.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{program::program, support::Demo};

#[tokio::test]
async fn the_served_and_the_printed_document_are_the_same() {
    let output = program().args(["--database", "/nowhere/to/be/found.db", "openapi"]).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    let response = Demo::new().await.get_without_token("/openapi.json").await;
    assert_eq!((response.status, response.json()), (StatusCode::OK, printed));
}

#[tokio::test]
async fn the_document_contains_the_requirements_of_each_operation() {
    let document = Demo::new().await.get_without_token("/openapi.json").await.json();
    let security = |path: &str, method: &str| document["paths"][path][method]["security"].clone();
    assert_eq!(security("/", "get"), json!([]));
    assert_eq!(security("/token", "post"), json!([]));
    assert_eq!(security("/status", "get"), json!([{ "oauth2": [] }]));
    assert_eq!(security("/users/me", "get"), json!([{ "oauth2": ["me"] }]));
    assert_eq!(security("/users/me/items", "get"), json!([{ "oauth2": ["items", "me"] }]));
    assert_eq!(security("/users/me/items", "post"), json!([{ "oauth2": ["items:write", "me"] }]));
    let body = &document["paths"]["/users/me/items"]["post"]["requestBody"]["content"]["application/json"];
    assert_eq!(body, &json!({ "schema": { "$ref": "#/components/schemas/NewItem" } }));
    assert_eq!(
        document["components"]["securitySchemes"]["oauth2"]["flows"]["password"],
        json!({
            "tokenUrl": "/token",
            "scopes": {
                "me": "Read information about the current user.",
                "items": "Read items.",
                "items:write": "Create, change and delete items. Includes `items`.",
            },
        })
    );
}

#[tokio::test]
async fn the_documentation_page_loads_no_files_of_other_servers() {
    let demo = Demo::new().await;
    let page = demo.get_without_token("/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert!(page.text().contains(file), "{}", page.text());
        assert_eq!(demo.get_without_token(&format!("/docs/{file}")).await.status, StatusCode::OK, "{file}");
    }
    assert!(!page.text().contains("https://"), "{}", page.text());
    let response = demo.get_without_token("/docs").await;
    assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, Some("/docs/")));
}
