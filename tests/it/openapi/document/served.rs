//! The server decides as its document does.

use axum::http::StatusCode;
use scopes_runtime::router::{any, get};
use scopes_runtime::{ResourceServer, ScopedRouter};
use scopes_tests::{call, token};
use serde_json::{Value, json};

use super::{create, health, parts, router};

/// Evaluates `security` as OpenAPI defines it. A scope includes those in its description.
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
async fn the_server_decides_as_the_document_does() {
    let router = router();
    let (document, app) = parts(router);
    let names = ["me", "items", "items:write", "invoices:read", "invoices", "billing"];
    let mut compared = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            for set in 0..1_u32 << names.len() {
                let granted: Vec<_> =
                    (0..names.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| names[bit]).collect();
                let token = token(&format!("x {}", granted.join(" ")));
                let path = path.replace(['{', '}'], "");
                let answer = call(&app, &method.to_uppercase(), &path, Some(&token)).await;
                let expected = if operation["security"].as_array().is_some_and(Vec::is_empty)
                    || allowed(&operation["security"], &granted)
                {
                    StatusCode::OK
                } else {
                    StatusCode::FORBIDDEN
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
        assert!(document["paths"]["/"]["head"].is_null(), "HEAD is served by GET");
        assert_eq!(call(&app, "HEAD", "/", None).await.status.is_success(), allowed);
    }
}

#[tokio::test]
async fn a_nested_path_is_documented_as_it_is_served() {
    let inner = || ScopedRouter::new().route("/", get(health)).route("/b", get(health));
    for (prefix, paths) in [("/a", ["/a", "/a/b"]), ("/a/", ["/a/", "/a/b"])] {
        let router = ScopedRouter::<ResourceServer>::new().nest(prefix, inner());
        let (document, app) = parts(router);
        let documented: Vec<_> = document["paths"].as_object().expect("paths").keys().collect();
        assert_eq!(documented, paths);
        for path in paths {
            assert_eq!(call(&app, "GET", path, None).await.status, StatusCode::OK, "{path}");
        }
    }
}
