//! Paths and methods: which there are, and what the others answer.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

use crate::{
    program::{Running, serving},
    support::Demo,
};

#[tokio::test]
async fn the_root_is_public_and_lists_the_others() {
    let answer = Demo::new().await.get_without_token("/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    for path in ["/token", "/users/me/", "/users/me/items/", "/status/"] {
        assert!(answer.text().contains(path), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    let demo = Demo::new().await;
    let token = demo.token("me").await;
    for path in ["/users/me", "/users/me/items", "/status"] {
        let slash = format!("{path}/");
        for (without, with) in [
            (demo.get_without_token(path).await, demo.get_without_token(&slash).await),
            (demo.get(path, "bad").await, demo.get(&slash, "bad").await),
            (demo.get(path, &token).await, demo.get(&slash, &token).await),
        ] {
            assert_eq!(without.status, with.status);
            assert_eq!(without.headers, with.headers);
            assert_eq!(without.body, with.body);
            assert!(!with.status.is_redirection());
        }
    }
}

#[tokio::test]
async fn a_post_works_with_and_without_the_slash() {
    let demo = Demo::new().await;
    let form = "grant_type=password&username=johndoe&password=secret&scope=me+items:write";
    let answer = demo.post_form("/token/", form).await;
    assert_eq!(answer.status, StatusCode::OK);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let with = demo.post_json("/users/me/items/", &token, r#"{"item_id": "with"}"#).await;
    assert_eq!(with.status, StatusCode::CREATED);
    let without = demo.post_json("/users/me/items", &token, r#"{"item_id": "without"}"#).await;
    assert_eq!(without.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_query_is_kept_apart_from_the_path() {
    let demo = Demo::new().await;
    let token = demo.token("me").await;
    for path in ["/users/me?a=b/", "/users/me/?a=b", "/users/me/?", "/users/me//"] {
        assert_eq!(demo.get(path, &token).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_not_found_with_or_without_a_token() {
    let demo = Demo::new().await;
    let token = demo.token("me").await;
    for path in ["/users", "/users/you/", "/USERS/ME/", "/users/me/items/Foo", "/users/me%2Fitems", "/%ff"] {
        demo.get_without_token(path).await.problem(StatusCode::NOT_FOUND);
        demo.get(path, &token).await.problem(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn another_method_is_not_allowed() {
    let demo = Demo::new().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/users/me/", "GET,HEAD"),
        (Method::PUT, "/users/me/items/", "GET,HEAD,POST"),
        (Method::POST, "/status/", "GET,HEAD"),
        (Method::POST, "/", "GET,HEAD"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let answer = demo.send(request).await;
        answer.problem(StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), Some(allowed));
    }
}

#[tokio::test]
async fn a_head_request_is_protected_like_a_get() {
    let demo = Demo::new().await;
    let answer = demo.send(Request::head("/users/me/").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.challenge(), Some(r#"Bearer realm="demo-app", scope="me""#));
}

#[test]
fn a_line_of_the_log_does_not_grow_with_the_request() {
    let server = Running::start(&mut serving());
    let long = "x".repeat(20_000);
    let umlauts = "ä".repeat(5_000);
    for line in [format!("GET /{long}"), format!("GET /{umlauts}"), format!("{long} /")] {
        server.ask(&format!("{line} HTTP/1.1\nHost: demo\nConnection: close\n\n"));
    }
    let log = server.stop("TERM");
    assert_eq!(log.lines().filter(|line| line.contains("status=") && line.contains('…')).count(), 3, "{log}");
    assert!(log.lines().all(|line| line.len() < 400), "{log}");
}
