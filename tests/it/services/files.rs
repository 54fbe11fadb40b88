//! tower-http's `ServeDir`.

use std::fs;

use axum::http::StatusCode;
use scopes_runtime::{ScopedRouter, scopes};
use scopes_tests::{Scope, call};
use tower_http::services::{ServeDir, ServeFile};

use super::served;

#[tokio::test]
async fn files_need_the_scope() {
    let directory = tempfile::tempdir().expect("a directory");
    let public = directory.path().join("public");
    fs::create_dir_all(public.join("reports")).expect("a directory");
    fs::write(public.join("reports/a.txt"), "a report").expect("a file");
    fs::write(public.join("index.html"), "the index").expect("a file");
    fs::write(directory.path().join("secret.txt"), "a secret").expect("a file");
    let app =
        served(
            ScopedRouter::new()
                .nest_service("/files", ServeDir::new(&public), scopes!("items"))
                .route_service("/report", ServeFile::new(public.join("reports/a.txt")), scopes!("items")),
        );
    for (path, text) in [
        ("/files/reports/a.txt", "a report"),
        ("/files/reports%2Fa.txt", "a report"),
        ("/files/index.html", "the index"),
        ("/files/", "the index"),
        ("/files", "the index"),
        ("/report", "a report"),
    ] {
        let refused = call(&app, "GET", path, None).await;
        assert_eq!(
            (refused.status, refused.text.contains(text)),
            (StatusCode::UNAUTHORIZED, false),
            "{path}"
        );
        let refused = call(&app, "GET", path, Some("me")).await;
        assert_eq!((refused.status, refused.text.contains(text)), (StatusCode::FORBIDDEN, false), "{path}");
        if path != "/files/reports%2Fa.txt" {
            let answer = call(&app, "GET", path, Some("items")).await;
            assert_eq!((answer.status, &*answer.text), (StatusCode::OK, text), "{path}");
        }
        let head = call(&app, "HEAD", path, None).await;
        assert_eq!((head.status, &*head.text), (StatusCode::UNAUTHORIZED, ""), "{path}");
    }
    for path in [
        "/files/../secret.txt",
        "/files/%2e%2e/secret.txt",
        "/files/..%2Fsecret.txt",
        "/files/reports/../../secret.txt",
        "/files//../secret.txt",
        "/files/%5C..%5Csecret.txt",
    ] {
        assert_eq!(call(&app, "GET", path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(call(&app, "GET", path, Some("items")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
