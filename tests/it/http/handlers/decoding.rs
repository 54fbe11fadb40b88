//! Each token is decoded once per request and resource server.

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get as on_get;
use scopes_runtime::{AccessToken, AuthError, ResourceServer, requires_scopes};
use scopes_tests::{Readable, Scope, get, send};

use super::{AppState, CurrentUser, Customer, state};

#[tokio::test]
async fn a_replaced_authorization_header_is_evaluated_again() {
    #[requires_scopes("items")]
    async fn handler() {}
    async fn rewrite(mut request: axum::extract::Request) -> axum::extract::Request {
        let headers = request.headers_mut();
        match headers.get("x-token").cloned() {
            Some(token) => drop(headers.insert("authorization", token)),
            None => drop(headers.remove("authorization")),
        }
        request
    }
    async fn look(
        _: Option<AccessToken>,
        request: axum::extract::Request,
        next: axum::middleware::Next,
    ) -> Response {
        next.run(request).await
    }
    let app = Router::new()
        .route("/", on_get(handler))
        .layer(axum::middleware::map_request(rewrite))
        .layer(axum::middleware::from_fn_with_state(state(), look))
        .with_state(state());
    let status = async |first: Option<&str>, then: Option<&str>| {
        let mut request = axum::http::Request::get("/");
        for (name, token) in [("authorization", first), ("x-token", then)] {
            if let Some(token) = token {
                request = request.header(name, format!("Bearer {token}"));
            }
        }
        send(&app, request.body(axum::body::Body::empty()).expect("a request")).await.status
    };
    assert_eq!(status(Some("items"), None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(Some("items"), Some("none")).await, StatusCode::FORBIDDEN);
    assert_eq!(status(None, Some("items")).await, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_decoded_once_per_request() {
    #[requires_scopes("items")]
    async fn handler(_: CurrentUser, _: Customer, _: AccessToken, token: Option<AccessToken>) -> String {
        token.is_some().to_string()
    }
    let decoder = Readable::default();
    let server = ResourceServer::new(decoder.clone());
    let app = Router::new().route("/", on_get(handler)).with_state(AppState { server, greeting: "hello" });
    for (request, authorization) in ["Bearer me+items+billing", "Bearer me", "Bearer bad"].iter().enumerate()
    {
        get(&app, "/", &[authorization]).await;
        assert_eq!(decoder.decoded(), request + 1);
    }
}

#[tokio::test]
async fn each_resource_server_decodes_the_token_itself() {
    #[requires_scopes("me")]
    async fn inner(State(_): State<ResourceServer>) {}

    #[derive(Clone)]
    struct Outer(AppState, ResourceServer);
    impl FromRef<Outer> for ResourceServer {
        fn from_ref(Outer(outer, _): &Outer) -> Self {
            outer.server.clone()
        }
    }
    struct Both;
    impl FromRequestParts<Outer> for Both {
        type Rejection = AuthError;
        async fn from_request_parts(parts: &mut Parts, state: &Outer) -> Result<Self, AuthError> {
            AccessToken::from_request_parts(parts, state).await?;
            AccessToken::from_request_parts(parts, &state.1).await?;
            Ok(Self)
        }
    }
    async fn handler(_: Both) {}

    let (first, second) = (Readable::default(), Readable::default());
    let outer = AppState { server: ResourceServer::new(first.clone()), greeting: "" };
    let app = Router::new()
        .route("/", on_get(handler))
        .with_state(Outer(outer, ResourceServer::new(second.clone())))
        .merge(Router::new().route("/inner", on_get(inner)).with_state(ResourceServer::new(first.clone())));
    assert_eq!(get(&app, "/", &["Bearer me"]).await.status, StatusCode::OK);
    assert_eq!((first.decoded(), second.decoded()), (1, 1));
    assert_eq!(get(&app, "/inner", &["Bearer me"]).await.status, StatusCode::OK);
}
