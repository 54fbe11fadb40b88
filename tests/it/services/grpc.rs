//! tonic's server and client, over TCP.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use scopes_runtime::{AuthError, ResourceServer, ScopedRouter, scopes};
use scopes_tests::{Readable, Scope, bearer, send};
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::{listening, served};

const HEALTH: &str = "/grpc.health.v1.Health/{*method}";

fn router() -> ScopedRouter<ResourceServer> {
    let (_, health) = tonic_health::server::health_reporter();
    ScopedRouter::new().route_service(HEALTH, health, scopes!("items"))
}

#[tokio::test]
async fn a_tonic_client_gets_the_status_of_the_refusal() {
    let url = listening(router()).await;
    let channel = Endpoint::from_shared(url).expect("a URL").connect().await.expect("a connection");
    let client = HealthClient::new(channel);
    let check = async |authorization: &[&str]| {
        let mut request = tonic::Request::new(HealthCheckRequest::default());
        for line in authorization {
            request.metadata_mut().append("authorization", line.parse().expect("a header"));
        }
        client.clone().check(request).await
    };
    for (authorization, code, message) in [
        (
            &[][..],
            Code::Unauthenticated,
            "This request needs an access token. Send it as `Authorization: Bearer <token>`.",
        ),
        (
            &["Bearer bad"],
            Code::Unauthenticated,
            "The access token is not valid for this API. Obtain a new one.",
        ),
        (
            &["Bearer me"],
            Code::PermissionDenied,
            "The access token lacks a required scope. Obtain a token that has it.",
        ),
        (
            &["Bearer down"],
            Code::Unavailable,
            "The access token cannot be checked at the moment. Try again later.",
        ),
        (
            &["Bearer items", "Bearer items"],
            Code::InvalidArgument,
            "The Authorization header is malformed. Send one header `Authorization: Bearer <token>`.",
        ),
    ] {
        let status = check(authorization).await.expect_err("a refusal");
        assert_eq!((status.code(), status.message()), (code, message), "{authorization:?}");
    }
    let status = check(&["Bearer me"]).await.expect_err("a refusal");
    let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="items""#;
    assert_eq!(status.metadata().get("www-authenticate").expect("a challenge"), challenge);
    let answer = check(&["Bearer items"]).await.expect("an answer").into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);
}

#[tokio::test]
async fn a_grpc_refusal_has_headers_and_no_body() {
    let app = served(router());
    let refused = async |content_type: &str, authorization: &str| {
        let request = Request::post("/grpc.health.v1.Health/Check")
            .header(header::CONTENT_TYPE, content_type)
            .header(header::AUTHORIZATION, authorization);
        send(&app, request.body(Body::empty()).expect("a request")).await
    };
    for content_type in [
        "application/grpc",
        "application/grpc+proto",
        "application/grpc+json",
        "Application/gRPC;x=y",
        "application/grpc ; x",
    ] {
        for (authorization, status, code) in [
            ("Basic x", StatusCode::UNAUTHORIZED, "16"),
            (&bearer("bad"), StatusCode::UNAUTHORIZED, "16"),
            (&bearer("me"), StatusCode::FORBIDDEN, "7"),
            (&bearer("down"), StatusCode::SERVICE_UNAVAILABLE, "14"),
            ("Bearer", StatusCode::BAD_REQUEST, "3"),
        ] {
            let answer = refused(content_type, authorization).await;
            assert_eq!((answer.status, &*answer.text), (status, ""), "{content_type} {authorization}");
            assert_eq!(answer.headers["content-type"], "application/grpc");
            assert_eq!(answer.headers["grpc-status"], code);
            assert!(answer.headers["grpc-message"].to_str().expect("ASCII").ends_with('.'));
            let is_unavailable = status == StatusCode::SERVICE_UNAVAILABLE;
            assert_eq!(answer.challenge().is_none(), is_unavailable);
            assert_eq!(
                answer.headers.get("retry-after").map(|seconds| seconds == "7"),
                is_unavailable.then_some(true)
            );
        }
    }
    for content_type in
        ["application/grpc-web", "application/grpc-web+proto", "application/grpcx", "application/json", "é"]
    {
        let answer = refused(content_type, &bearer("me")).await;
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{content_type}");
        assert!(!answer.headers.contains_key("grpc-status"));
    }
}

#[tokio::test]
async fn a_refusal_in_the_format_of_the_application_keeps_no_length_of_its_body() {
    let render = |error: &AuthError| {
        let body = error.to_string();
        ([(header::CONTENT_LENGTH, body.len().to_string())], body)
    };
    let server =
        ResourceServer::builder(Readable::default()).refusal_response(render).build().expect("a realm");
    let app = Router::from(router().with_state(server));
    let request =
        Request::post("/grpc.health.v1.Health/Check").header(header::CONTENT_TYPE, "application/grpc");
    let answer = send(&app, request.body(Body::empty()).expect("a request")).await;
    assert!(answer.headers.get(header::CONTENT_LENGTH).is_none_or(|length| length == "0"));
    assert_eq!(answer.headers["grpc-status"], "16");
}
