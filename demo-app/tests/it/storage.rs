//! The database: created once, kept, refused when it is none.

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
    postgres::{Cluster, Fresh, PASSWORD},
    program::{program, refusal},
    support::Demo,
};

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
    for fresh in Fresh::of_each_kind("kept") {
        let database = fresh.open().await;
        let demo = Demo::on(database.clone());
        let token = demo.token("me items:write").await;
        demo.post_json("/users/me/items/", &token, r#"{"item_id": "Bar"}"#).await;
        database.close().await;

        let demo = Demo::on(fresh.open().await);
        let items = demo.get("/users/me/items/", &demo.token("me items").await).await;
        let expected = json!([
            { "item_id": "Bar", "owner": "johndoe" },
            { "item_id": "Foo", "owner": "johndoe" },
        ]);
        assert_eq!((items.status, items.json()), (StatusCode::OK, expected));
    }
}

#[tokio::test]
async fn the_users_of_the_tutorial_are_in_every_kind_of_database() {
    for fresh in Fresh::of_each_kind("tutorial") {
        let demo = Demo::on(fresh.open().await);
        let user = demo.get("/users/me/", &demo.token("me").await).await.json();
        assert_eq!((&user["full_name"], &user["disabled"]), (&json!("John Doe"), &json!(false)));
        let token = demo.log_in("alice", "secretalice", "me items").await;
        demo.get("/users/me/", &token).await.problem(StatusCode::BAD_REQUEST);
    }
}

#[test]
fn many_may_open_an_empty_database_at_once() {
    for fresh in Fresh::of_each_kind("many_open") {
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| Runtime::new().unwrap().block_on(fresh.open()));
            }
        });
    }
}

#[tokio::test]
async fn a_file_is_named_by_a_url_too() {
    let file = fresh_file("url.db");
    Database::open(&format!("sqlite://{}", file.display())).await.unwrap();
    assert!(file.exists());
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
    for fresh in Fresh::of_each_kind("fails") {
        let database = fresh.open().await;
        let demo = Demo::on(database.clone());
        let token = demo.token("me items:write").await;
        database.close().await;

        assert_unavailable(&demo.get("/users/me/", &token).await);
        let answer = demo.ask_for_token("johndoe", "secret", "me").await;
        assert_unavailable(&answer);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn another_kind_of_database_is_refused_without_its_password() {
    let error = Database::open("mysql://demo:hunter2@localhost/demo").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database URL begins with `mysql://`, but this program stores in SQLite or PostgreSQL: name a file \
         such as `demo-app.db`, or a URL such as `postgres://user:password@host/database`, \
         with --database or DATABASE_URL"
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
        ("mysql://demo:hunter2@localhost/demo", "stores in SQLite or PostgreSQL"),
        ("sqlite:demo.db?mode=wrong", "mode"),
        ("postgres://demo:hunter2@127.0.0.1:1/demo", "at `127.0.0.1` cannot be used: error communicating"),
        ("postgres://demo:hunter2@localhost:one/demo", "invalid port number"),
        ("postgresql://demo:hunter2@127.0.0.1/demo?sslmode=wrong", "ssl_mode"),
        (&silent, "no answer within 5s"),
    ] {
        let output = program().args(["--addr", "127.0.0.1:0", "--database", database]).output().unwrap();
        let error = refusal(&output);
        assert!(error.contains(reason) && error.contains("--database"), "{error}");
        assert!(!error.contains(PASSWORD), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_the_server_does_not_have_is_named() {
    let Some(cluster) = Cluster::start() else { return };
    let error = Database::open(&cluster.url("nowhere")).await.unwrap_err();
    assert!(!format!("{error:?}").contains(PASSWORD));
    let error = error.to_string();
    assert!(error.contains(r#"database "nowhere" does not exist"#), "{error}");
    assert!(!error.contains(PASSWORD), "{error}");
}
