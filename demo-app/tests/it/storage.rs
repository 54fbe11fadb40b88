//! The database file: created once, kept, refused when it is none.

use std::{
    fs,
    path::{Path, PathBuf},
};

use axum::http::StatusCode;
use demo_app::Database;
use serde_json::json;

use crate::support::Demo;

/// A path of that name with nothing at it.
pub(crate) fn fresh_file(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", path.display()));
    }
    path
}

#[tokio::test]
async fn what_is_stored_outlives_the_program() {
    let file = fresh_file("kept.db");
    let name = file.to_str().unwrap();

    let database = Database::open(name).await.unwrap();
    let demo = Demo::on(database.clone());
    let token = demo.token("me items:write").await;
    demo.post_json("/users/me/items/", &token, r#"{"item_id": "Bar"}"#).await;
    database.close().await;

    let demo = Demo::on(Database::open(&format!("sqlite://{name}")).await.unwrap());
    let items = demo.get("/users/me/items/", &demo.token("me items").await).await;
    let expected = json!([
        { "item_id": "Bar", "owner": "johndoe" },
        { "item_id": "Foo", "owner": "johndoe" },
    ]);
    assert_eq!((items.status, items.json()), (StatusCode::OK, expected));
}

#[tokio::test]
async fn two_databases_in_memory_are_two() {
    let (one, other) = (Demo::new().await, Demo::new().await);
    let token = one.token("me items:write").await;
    one.post_json("/users/me/items/", &token, r#"{"item_id": "Bar"}"#).await;
    let items = other.get("/users/me/items/", &token).await.json();
    assert_eq!(items.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_that_fails_is_our_fault_and_says_nothing_of_itself() {
    let database = Database::open(":memory:").await.unwrap();
    let demo = Demo::on(database.clone());
    let token = demo.token("me items:write").await;
    database.close().await;

    let expected = "The server failed, and your request is not to blame. Try again later.";
    let answer = demo.get("/users/me/", &token).await;
    assert_eq!(answer.problem(StatusCode::INTERNAL_SERVER_ERROR), expected);
    let answer = demo.ask_for_token("johndoe", "secret", "me").await;
    assert_eq!(answer.problem(StatusCode::INTERNAL_SERVER_ERROR), expected);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn another_kind_of_database_is_refused_without_its_password() {
    let error = Database::open("postgres://demo:hunter2@localhost/demo").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database URL begins with `postgres://`, but this program stores in SQLite: \
         name a file such as `demo-app.db` with --database or DATABASE_URL"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let file = fresh_file("text.db");
    fs::write(
        &file,
        "This is a text, and longer than the header of an SQLite database would be. ".repeat(20),
    )
    .unwrap();
    let error = Database::open(file.to_str().unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("text.db` cannot be used"), "{error}");
    assert!(error.contains("file is not a database"), "{error}");
}
