//! The OpenAPI document and the documentation page.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
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

#[test]
fn the_document_is_also_printed_in_openapi_3_0() {
    let output = program().args(["openapi", "--3.0"]).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["openapi"], "3.0.3");
    assert_eq!(printed["paths"]["/users/me"]["get"]["security"], json!([{ "oauth2": ["me"] }]));
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
    assert_eq!(
        security("/users/{username}/items", "post"),
        json!([{ "oauth2": ["users:{username}:items", "me"] }])
    );
    assert_eq!(
        document["paths"]["/users/{username}/items"]["post"]["x-scope-parameters"],
        json!({ "username": "path" })
    );
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
                "users:{username}:items": "Add items for one user.",
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

#[tokio::test]
async fn the_policy_of_the_reference_allows_no_files_of_other_servers() {
    let page = Demo::new().await.get_without_token("/docs/reference").await;
    let policy = page.header("content-security-policy").unwrap();
    let mut sources = policy.split(';').flat_map(|directive| directive.split_whitespace().skip(1));
    assert!(policy.starts_with("default-src 'none';"));
    assert!(
        sources.all(|source| ["'none'", "'self'", "'unsafe-inline'", "data:", "blob:"].contains(&source))
    );
}

#[tokio::test]
async fn the_documentation_page_fits_a_phone_and_has_a_title() {
    let page = Demo::new().await.get_without_token("/docs/").await;
    assert!(page.text().contains(r#"<meta name="viewport" content="width=device-width, initial-scale=1">"#));
    assert!(page.text().contains("<title>OAuth2 scopes tutorial: API documentation</title>"));
}

#[tokio::test]
async fn files_of_the_documentation_are_cached_and_compressed() {
    let demo = Demo::new().await;
    for file in ["/docs/swagger-ui-bundle.js", "/docs/reference"] {
        let whole = demo.get_without_token(file).await;
        let tag = whole.header("etag").unwrap().to_owned();
        let request =
            |name: &str, value: &str| Request::get(file).header(name, value).body(Body::empty()).unwrap();
        let again = demo.send(request("if-none-match", &tag)).await;
        assert_eq!((again.status, again.text()), (StatusCode::NOT_MODIFIED, ""));
        let compressed = demo.send(request("accept-encoding", "gzip")).await;
        assert_eq!(
            (compressed.status, compressed.header("content-encoding")),
            (StatusCode::OK, Some("gzip"))
        );
    }
    assert_eq!(demo.get_without_token("/docs/nothing.js").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_client_with_a_token_gets_the_document_of_what_it_may_call() {
    let demo = Demo::new().await;
    let whole = demo.get_without_token("/openapi.json").await.json();
    let token = demo.log_in("johndoe", "secret", "me").await;
    let response = demo.get("/openapi.json", &token).await;
    assert_eq!(response.header("cache-control"), Some("private, no-store"));
    let own = response.json();
    assert_eq!(own["paths"]["/users/me"], whole["paths"]["/users/me"]);
    assert_eq!(own["paths"]["/users/me/items"], Value::Null);
    assert_eq!(own["info"], whole["info"]);
    assert_eq!(demo.get("/openapi.json", "bad").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_description_has_a_table_of_scopes() {
    let document = Demo::new().await.get_without_token("/openapi.json").await.json();
    let description = document["info"]["description"].as_str().unwrap();
    let line =
        "| `items:write` | Create, change and delete items. Includes `items`. | `POST /users/me/items` |";
    assert!(description.lines().any(|each| each == line), "{description}");
    assert_eq!(
        document["components"]["schemas"]["TokenRequest"]["required"],
        json!(["grant_type", "username", "password"])
    );
    let password = &document["components"]["schemas"]["TokenRequest"]["properties"]["password"];
    assert_eq!(password["format"], "password");
}
