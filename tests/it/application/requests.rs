//! What the application answers.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use scopes_runtime::testing::TestIssuer;
use scopes_tests::{Answer, call, listen, now, send};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use super::app::{routes, signature_of, state};

struct Shop {
    app: Router,
    staff: TestIssuer,
    partners: TestIssuer,
    _files: tempfile::TempDir,
}

fn shop() -> Shop {
    let files = tempfile::tempdir().expect("a directory");
    std::fs::write(files.path().join("march.txt"), "a report").expect("a file");
    let staff = TestIssuer::with_url("https://staff.test");
    let partners = TestIssuer::with_url("https://partners.test");
    let state = state(&staff, &partners);
    let app = Router::from(routes(files.path().to_str().expect("a path")).with_state(state));
    Shop { app, staff, partners, _files: files }
}

async fn post(app: &Router, path: &str, headers: &[(&str, &str)], body: &'static str) -> Answer {
    let request =
        headers.iter().fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
    send(app, request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn refusals_have_the_format_of_the_application() {
    let Shop { app, staff, .. } = shop();
    for path in ["/orders/1", "/reports/march.txt", "/graphql", "/orders/live"] {
        let answer = call(&app, "GET", path, None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.json()["code"], "missing_token", "{path}");
        assert!(answer.challenge().is_some_and(|challenge| challenge.contains("realm=\"shop\"")));
    }
    // In the handler as well.
    let token = staff.token().subject("bob").scopes(["orders:read"]).sign();
    let answer = call(&app, "GET", "/orders/1", Some(&token)).await;
    assert_eq!(answer.json()["code"], "insufficient_scope");
    assert_eq!(
        answer.challenge(),
        Some(r#"Bearer realm="shop", error="insufficient_scope", scope="orders""#)
    );
    assert_eq!(call(&app, "GET", "/orders/0", Some(&token)).await.json()["code"], "no_order");
}

#[tokio::test]
async fn an_issuer_opens_only_its_own_operations() {
    let Shop { app, staff, partners, .. } = shop();
    let key = ("X-Api-Key", "key-of-acme");
    let send_order = async |issuer: &TestIssuer, headers: &[(&str, &str)]| {
        let bearer = format!("Bearer {}", issuer.token().scopes(["orders:send", "orders", "reports"]).sign());
        let headers = [headers, &[("authorization", bearer.as_str())]].concat();
        post(&app, "/partners/orders", &headers, "").await.status.as_u16()
    };
    assert_eq!(send_order(&partners, &[key]).await, 200);
    assert_eq!(send_order(&partners, &[]).await, 401);
    assert_eq!(send_order(&partners, &[("X-Api-Key", "other")]).await, 401);
    assert_eq!(send_order(&staff, &[key]).await, 403);
    let token = partners.token().scopes(["orders", "reports"]).sign();
    assert_eq!(call(&app, "GET", "/orders/1", Some(&token)).await.status, 403);
    assert_eq!(call(&app, "GET", "/reports/march.txt", Some(&token)).await.status, 403);
}

#[tokio::test]
async fn files_and_graphql_need_their_scope() {
    let Shop { app, staff, _files, .. } = shop();
    let token = |scope: &str| staff.token().scopes([scope]).sign();
    assert_eq!(call(&app, "GET", "/reports/march.txt", Some(&token("orders"))).await.status, 403);
    assert_eq!(call(&app, "GET", "/reports/march.txt", Some(&token("reports"))).await.text, "a report");
    let query = async |scope: &str| {
        let bearer = format!("Bearer {}", token(scope));
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        post(&app, "/graphql", &headers, r#"{"query":"{ orders }"}"#).await
    };
    assert_eq!(query("reports").await.status, 403);
    assert_eq!(query("orders").await.json()["data"], json!({ "orders": 3 }));
}

#[tokio::test]
async fn the_webhook_needs_its_signature_and_no_token() {
    let Shop { app, staff, .. } = shop();
    let signature = signature_of(b"paid");
    assert_eq!(post(&app, "/webhooks/payment", &[("X-Signature", &signature)], "paid").await.text, "4 bytes");
    assert_eq!(post(&app, "/webhooks/payment", &[("X-Signature", &signature)], "unpaid").await.status, 401);
    let bearer = format!("Bearer {}", staff.token().scopes(["orders"]).sign());
    let answer = post(&app, "/webhooks/payment", &[("authorization", &bearer)], "paid").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &json!("bad_signature")));
}

#[tokio::test]
async fn open_routes_stay_open() {
    let Shop { app, .. } = shop();
    assert_eq!(call(&app, "GET", "/health", None).await.text, "ok");
    assert_eq!(call(&app, "GET", "/legacy", None).await.text, "old");
}

#[tokio::test]
async fn grpc_and_websocket_clients_get_their_refusals_and_the_socket_ends_with_the_token() {
    let Shop { app, staff, .. } = shop();
    let (listener, url) = listen().await;
    tokio::spawn(async { axum::serve(listener, app).await });

    let channel = Endpoint::from_shared(url.clone()).expect("a URL").connect().await.expect("a connection");
    let check = async |scope: &str| {
        let mut request = tonic::Request::new(HealthCheckRequest::default());
        let bearer = format!("Bearer {}", staff.token().scopes([scope]).sign());
        request.metadata_mut().insert("authorization", bearer.parse().expect("a header"));
        HealthClient::new(channel.clone()).check(request).await.map_err(|status| status.code())
    };
    assert_eq!(check("orders").await.expect_err("a refusal"), Code::PermissionDenied);
    assert!(check("operate").await.is_ok());

    let mut request =
        format!("{}/orders/live", url.replace("http", "ws")).into_client_request().expect("a URL");
    let token = staff.token().scopes(["orders"]).claim("exp", now() + 2).sign();
    request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a header"));
    let (mut socket, _) = connect_async(request).await.expect("a handshake");
    assert_eq!(socket.next().await.expect("a message").expect("a message"), Message::text("welcome"));
    assert!(socket.next().await.expect("a message").expect("a message").is_close());
}
