//! The document and the page that shows it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{program::program, support::Demo};

#[tokio::test]
async fn the_document_is_served_as_the_program_prints_it() {
    let output = program().args(["--database", "/nowhere/to/be/found.db", "openapi"]).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    let answer = Demo::new().await.get_without_token("/openapi.json").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, printed));
}

#[tokio::test]
async fn the_document_says_what_each_operation_requires() {
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
async fn the_docs_page_comes_with_all_that_it_loads() {
    let demo = Demo::new().await;
    let page = demo.get_without_token("/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert!(page.text().contains(file), "{}", page.text());
        assert_eq!(demo.get_without_token(&format!("/docs/{file}")).await.status, StatusCode::OK, "{file}");
    }
    assert!(!page.text().contains("https://"), "{}", page.text());
    let answer = demo.get_without_token("/docs").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, Some("/docs/")));
}
