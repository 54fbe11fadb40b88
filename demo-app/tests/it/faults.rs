//! A database that is unavailable for a while: requests that need it get 503, and others are served.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use demo_app::Database;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::task::JoinSet;

use crate::{
    postgres::Cluster,
    program::{Running, program},
    storage::fresh_file,
    support::{Demo, TestResponse},
};

/// Longer than the server waits for its database, with a margin for slow machines.
const TIME_LIMIT: Duration = Duration::from_secs(20);

#[track_caller]
pub(crate) fn assert_unavailable(response: &TestResponse) {
    let detail = response.problem(StatusCode::SERVICE_UNAVAILABLE);
    let expected = "The database is unavailable. Try again in 5 seconds.";
    assert_eq!((detail.as_str(), response.header("retry-after")), (expected, Some("5")));
}

async fn add(demo: &Demo, token: &str, item_id: &str) -> TestResponse {
    demo.post_json("/users/me/items", token, format!(r#"{{"item_id": "{item_id}"}}"#)).await
}

/// Opens a connection as another program would.
async fn another_connection(file: &str) -> SqliteConnection {
    file.parse::<SqliteConnectOptions>().unwrap().connect().await.unwrap()
}

#[tokio::test]
async fn while_another_program_locks_the_database_reads_succeed_and_writes_get_503() {
    let file = fresh_file("locked.db");
    let file = file.to_str().unwrap();
    let demo = Demo::on(Database::open(file).await.unwrap());
    let token = demo.token("me items:write").await;
    let mut other = another_connection(file).await;
    let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();

    let start = Instant::now();
    let mut writers = JoinSet::new();
    for number in 0..32 {
        let (demo, token) = (demo.clone(), token.clone());
        writers.spawn(async move { add(&demo, &token, &format!("Bar {number}")).await });
    }
    // The writers run before the readers.
    tokio::task::yield_now().await;
    for _ in 0..4 {
        assert_eq!(demo.get("/users/me/items", &token).await.status, StatusCode::OK);
        assert_eq!(demo.get("/status", &token).await.status, StatusCode::OK);
    }
    assert!(writers.try_join_next().is_none(), "readers do not wait for writers");
    writers.join_all().await.iter().for_each(assert_unavailable);
    assert!(start.elapsed() < TIME_LIMIT);

    lock.rollback().await.unwrap();
    assert_eq!(add(&demo, &token, "Bar 0").await.status, StatusCode::CREATED);
    let items = demo.get("/users/me/items", &token).await.json();
    assert_eq!(items.as_array().unwrap().len(), 2, "a write that got 503 is not executed later: {items}");
}

/// Simulates a disk of 256 KiB with a limit of the process, which needs no privileges.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_only_writes_and_only_while_it_is_full() {
    let file = fresh_file("full.db");
    let program = program();
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"trap '' XFSZ; ulimit -S -f 512; exec "$0" "$@""#]).arg(program.get_program());
    limited.args(["--addr", "127.0.0.1:0", "--database", file.to_str().unwrap()]);
    let server = Running::start(&mut limited);
    let token = server.log_in("me+items:write");
    let add = |item_id: &str| {
        let body = format!(r#"{{"item_id": "{item_id}"}}"#);
        server.send(&format!(
            "POST /users/me/items HTTP/1.1\nHost: demo\nConnection: close\nAuthorization: Bearer {token}\n\
             Content-Type: application/json\nContent-Length: {}\n\n{body}",
            body.len()
        ))
    };
    let mut responses = (0..1000).map(|number| add(&format!("{number:064}")));
    let full = responses.find(|response| !response.contains(" 201 ")).expect("the disk is full");
    assert!(full.starts_with("HTTP/1.1 503 "), "{full}");
    assert!(
        full.contains("\r\nretry-after: 5\r\n") && full.contains("The database is unavailable"),
        "{full}"
    );
    assert!(add("Bar").contains(" 503 "));
    assert!(server.get("/users/me/items", &token).contains(" 200 "));
    server.log_in("me");

    let pid = server.pid().to_string();
    assert!(Command::new("prlimit").args(["--fsize=unlimited:", "--pid", &pid]).status().unwrap().success());
    let response = add("Bar");
    assert!(response.contains(" 201 "), "{response}");
}

#[tokio::test]
async fn requests_get_503_while_the_database_server_is_down() {
    let Some(cluster) = Cluster::start() else { return };
    let demo = Demo::on(Database::open(&cluster.create("away")).await.unwrap());
    let token = demo.token("me").await;
    assert_eq!(demo.get("/users/me", &token).await.status, StatusCode::OK);
    cluster.stop();
    let start = Instant::now();
    assert_unavailable(&demo.get("/users/me", &token).await);
    let response = demo.request_token("johndoe", "secret", "me").await;
    assert_unavailable(&response);
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert!(start.elapsed() < TIME_LIMIT);
    assert_eq!(demo.get("/status", &token).await.status, StatusCode::OK);
    cluster.resume();
    assert_eq!(demo.get("/users/me", &token).await.status, StatusCode::OK);
    demo.token("me").await;
}

#[tokio::test]
async fn requests_get_503_when_the_database_server_stops_responding() {
    let Some(cluster) = Cluster::start() else { return };
    let demo = Demo::on(Database::open(&cluster.create("silent")).await.unwrap());
    let token = demo.token("me").await;
    cluster.signal("STOP");
    let start = Instant::now();
    let mut readers = JoinSet::new();
    // More requests than connections.
    for _ in 0..32 {
        let (demo, token) = (demo.clone(), token.clone());
        readers.spawn(async move { demo.get("/users/me", &token).await });
    }
    let responses = readers.join_all().await;
    let elapsed = start.elapsed();
    cluster.signal("CONT");
    responses.iter().for_each(assert_unavailable);
    assert!(elapsed < TIME_LIMIT);
    assert_eq!(demo.get("/users/me", &token).await.status, StatusCode::OK);
}
