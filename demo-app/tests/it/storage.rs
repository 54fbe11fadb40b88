//! Creating and opening databases, and errors when opening them.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    thread,
};

use axum::http::StatusCode;
use demo_app::Database;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{
    faults::assert_unavailable,
    postgres::{Cluster, PASSWORD, TestDatabase},
    program::{program, refusal},
    support::Demo,
};

/// Returns a path without a file.
pub(crate) fn fresh_file(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", path.display()));
    }
    path
}

#[tokio::test]
async fn items_are_stored_permanently() {
    for test_database in TestDatabase::of_each_kind("kept") {
        let database = test_database.open().await;
        let demo = Demo::on(database.clone());
        let token = demo.token("me items:write").await;
        demo.post_json("/users/me/items/", &token, r#"{"item_id": "Bar"}"#).await;
        database.close().await;

        let demo = Demo::on(test_database.open().await);
        let items = demo.get("/users/me/items/", &demo.token("me items").await).await;
        let expected = json!([
            { "item_id": "Bar", "owner": "johndoe" },
            { "item_id": "Foo", "owner": "johndoe" },
        ]);
        assert_eq!((items.status, items.json()), (StatusCode::OK, expected));
    }
}

#[tokio::test]
async fn every_kind_of_database_contains_the_users_of_the_tutorial() {
    for test_database in TestDatabase::of_each_kind("tutorial") {
        let demo = Demo::on(test_database.open().await);
        let user = demo.get("/users/me/", &demo.token("me").await).await.json();
        assert_eq!((&user["full_name"], &user["disabled"]), (&json!("John Doe"), &json!(false)));
        let token = demo.log_in("alice", "secretalice", "me items").await;
        demo.get("/users/me/", &token).await.problem(StatusCode::BAD_REQUEST);
    }
}

#[test]
fn many_programs_can_open_an_empty_database_at_once() {
    for test_database in TestDatabase::of_each_kind("many_open") {
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| Runtime::new().unwrap().block_on(test_database.open()));
            }
        });
    }
}

#[tokio::test]
async fn a_file_can_be_opened_by_url() {
    let file = fresh_file("url.db");
    Database::open(&format!("sqlite://{}", file.display())).await.unwrap();
    assert!(file.exists());
}

#[tokio::test]
async fn databases_in_memory_are_separate() {
    let (one, other) = (Demo::new().await, Demo::new().await);
    let token = one.token("me items:write").await;
    one.post_json("/users/me/items/", &token, r#"{"item_id": "Bar"}"#).await;
    let items = other.get("/users/me/items/", &token).await.json();
    assert_eq!(items.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failing_database_gives_503_without_details() {
    for test_database in TestDatabase::of_each_kind("fails") {
        let database = test_database.open().await;
        let demo = Demo::on(database.clone());
        let token = demo.token("me items:write").await;
        database.close().await;

        assert_unavailable(&demo.get("/users/me/", &token).await);
        let response = demo.request_token("johndoe", "secret", "me").await;
        assert_unavailable(&response);
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn an_unsupported_database_is_refused_without_showing_its_password() {
    let error = Database::open("mysql://demo:hunter2@localhost/demo").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "database URLs with `mysql://` are not supported, only SQLite and PostgreSQL are: \
         set --database or DATABASE_URL to a file such as `demo-app.db`, \
         or to a URL such as `postgres://user:password@host/database`"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn an_unusable_database_is_refused() {
    let text = fresh_file("not-a-database.db");
    fs::write(&text, "no database ".repeat(200)).unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("postgres://demo:{PASSWORD}@{}/demo", silent.local_addr().unwrap());
    for (database, reason) in [
        ("missing/directory/demo.db", "unable to open database file"),
        (".", "unable to open database file"),
        (text.to_str().unwrap(), "file is not a database"),
        ("mysql://demo:hunter2@localhost/demo", "only SQLite and PostgreSQL"),
        ("sqlite:demo.db?mode=wrong", "mode"),
        ("postgres://demo:hunter2@127.0.0.1:1/demo", "PostgreSQL at `127.0.0.1`: error communicating"),
        ("postgres://demo:hunter2@localhost:one/demo", "invalid port number"),
        ("postgresql://demo:hunter2@127.0.0.1/demo?sslmode=wrong", "ssl_mode"),
        (&silent, "no response within 5s"),
    ] {
        let output = program().args(["--addr", "127.0.0.1:0", "--database", database]).output().unwrap();
        let error = refusal(&output);
        assert!(error.contains(reason) && error.contains("--database"), "{error}");
        assert!(!error.contains(PASSWORD), "{error}");
    }
}

#[tokio::test]
async fn the_error_for_a_missing_postgresql_database_contains_its_name() {
    let Some(cluster) = Cluster::start() else { return };
    let error = Database::open(&cluster.url("nowhere")).await.unwrap_err();
    assert!(!format!("{error:?}").contains(PASSWORD));
    let error = error.to_string();
    assert!(error.contains(r#"database "nowhere" does not exist"#), "{error}");
    assert!(!error.contains(PASSWORD), "{error}");
}
