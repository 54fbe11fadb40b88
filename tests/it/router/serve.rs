//! A `ScopedRouter` is served without a conversion into axum's router.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, public};
use scopes_tests::{Readable, listen};
use tower::ServiceExt as _;

use super::items;

#[public]
async fn address(ConnectInfo(address): ConnectInfo<SocketAddr>) -> String {
    address.ip().to_string()
}

fn router() -> ScopedRouter {
    let router = ScopedRouter::new().route("/items", get(items)).route("/address", get(address));
    router.with_state(ResourceServer::new(Readable::default()))
}

#[tokio::test]
async fn axum_serves_a_scoped_router() {
    let (listener, url) = listen().await;
    tokio::spawn(async { axum::serve(listener, router()).await });
    let answer = reqwest::get(format!("{url}/items")).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);

    let (listener, url) = listen().await;
    tokio::spawn(async { axum::serve(listener, router().into_make_service()).await });
    let answer = reqwest::get(format!("{url}/items")).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn handlers_get_information_about_the_connection() {
    let (listener, url) = listen().await;
    let app = router().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async { axum::serve(listener, app).await });
    let answer = reqwest::get(format!("{url}/address")).await.expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "127.0.0.1");
}

#[tokio::test]
async fn a_scoped_router_is_a_service() {
    let request = Request::get("/items").header("authorization", "Bearer items");
    let answer = router().oneshot(request.body(Body::empty()).expect("a request")).await.expect("infallible");
    assert_eq!(answer.status(), StatusCode::OK);
}
