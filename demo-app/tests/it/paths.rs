//! Paths and methods: slashes at the end, unknown paths and unsupported methods.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

use crate::{
    program::{Running, serving},
    support::Demo,
};

#[tokio::test]
async fn the_root_is_public_and_lists_the_operations() {
    let response = Demo::new().await.get_without_token("/").await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.header("content-type"), Some("text/plain; charset=utf-8"));
    for path in ["/token", "/users/me/", "/users/me/items/", "/status/"] {
        assert!(response.text().contains(path), "{}", response.text());
    }
}

#[tokio::test]
async fn a_slash_at_the_end_does_not_change_the_response() {
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
    let response = demo.post_form("/token/", form).await;
    assert_eq!(response.status, StatusCode::OK);
    let token = response.json()["access_token"].as_str().unwrap().to_owned();
    let with = demo.post_json("/users/me/items/", &token, r#"{"item_id": "with"}"#).await;
    assert_eq!(with.status, StatusCode::CREATED);
    let without = demo.post_json("/users/me/items", &token, r#"{"item_id": "without"}"#).await;
    assert_eq!(without.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_query_does_not_change_the_path() {
    let demo = Demo::new().await;
    let token = demo.token("me").await;
    for path in ["/users/me?a=b/", "/users/me/?a=b", "/users/me/?", "/users/me//"] {
        assert_eq!(demo.get(path, &token).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_path_gets_404_with_and_without_a_token() {
    let demo = Demo::new().await;
    let token = demo.token("me").await;
    for path in ["/users", "/users/you/", "/USERS/ME/", "/users/me/items/Foo", "/users/me%2Fitems", "/%ff"] {
        demo.get_without_token(path).await.problem(StatusCode::NOT_FOUND);
        demo.get(path, &token).await.problem(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn another_method_gets_405() {
    let demo = Demo::new().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/users/me/", "GET,HEAD"),
        (Method::PUT, "/users/me/items/", "GET,HEAD,POST"),
        (Method::POST, "/status/", "GET,HEAD"),
        (Method::POST, "/", "GET,HEAD"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = demo.send(request).await;
        response.problem(StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.header("allow"), Some(allowed));
    }
}

#[tokio::test]
async fn a_head_request_is_protected_like_a_get() {
    let demo = Demo::new().await;
    let response = demo.send(Request::head("/users/me/").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert_eq!(response.challenge(), Some(r#"Bearer realm="demo-app", scope="me""#));
}

#[test]
fn methods_and_paths_are_truncated_in_the_log() {
    let server = Running::start(&mut serving());
    let long = "x".repeat(20_000);
    let umlauts = "ä".repeat(5_000);
    for line in [format!("GET /{long}"), format!("GET /{umlauts}"), format!("{long} /")] {
        server.send(&format!("{line} HTTP/1.1\nHost: demo\nConnection: close\n\n"));
    }
    let log = server.stop("TERM");
    assert_eq!(log.lines().filter(|line| line.contains("status=") && line.contains('…')).count(), 3, "{log}");
    assert!(log.lines().all(|line| line.len() < 400), "{log}");
}
