//! What the guard stores for the arguments after it, and handlers whose arguments read nothing of it.

use axum::Router;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Uri};
use axum::routing::get as on_get;
use axum::{Json, RequestExt as _};
use scopes_runtime::{
    AccessToken, RequiredScopes, ResourceServer, ScopedRouter, requires_scopes, router, scopes,
};
use scopes_tests::{Cached, Scope, bearer, get};
use serde_json::Value;

fn server() -> ResourceServer {
    ResourceServer::new(Cached::default())
}

/// Has the name of an extractor of axum.
struct Path(String);

impl<S: Send + Sync> FromRequestParts<S> for Path {
    type Rejection = <RequiredScopes as FromRequestParts<S>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(RequiredScopes::from_request_parts(parts, state).await?.to_string()))
    }
}

#[requires_scopes("items")]
async fn named(_: Uri, Path(required): Path) -> String {
    required
}

#[requires_scopes("items")]
async fn in_tuple((_, required): (Method, RequiredScopes)) -> String {
    required.to_string()
}

type Alias = RequiredScopes;

#[requires_scopes("items")]
async fn behind_alias(required: Alias) -> String {
    required.to_string()
}

#[requires_scopes("items")]
async fn from_request(mut request: Request) -> String {
    let required = request.extract_parts::<RequiredScopes>().await.expect("it is infallible");
    required.to_string()
}

#[requires_scopes("items")]
async fn from_extensions(extensions: Extensions) -> String {
    let mut request = Request::new(axum::body::Body::empty());
    *request.extensions_mut() = extensions;
    let required = request.extract_parts::<RequiredScopes>().await.expect("it is infallible");
    required.to_string()
}

#[requires_scopes("items")]
async fn generic<E: ToString + Send + 'static>(required: E) -> String {
    required.to_string()
}

impl FromRequestParts<ResourceServer> for Written {
    type Rejection = <RequiredScopes as FromRequestParts<ResourceServer>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &ResourceServer) -> Result<Self, Self::Rejection> {
        Path::from_request_parts(parts, state).await.map(|Path(required)| Self(required))
    }
}

struct Written(String);

impl std::fmt::Display for Written {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[tokio::test]
async fn arguments_find_what_the_guard_has_checked() {
    let handlers = [
        on_get(named),
        on_get(in_tuple),
        on_get(behind_alias),
        on_get(from_request),
        on_get(from_extensions),
        on_get(generic::<Written>),
        on_get(router_handler),
    ];
    for (number, handler) in handlers.into_iter().enumerate() {
        let app = Router::new().route("/", handler).with_state(server());
        let answer = get(&app, "/", &["Bearer items"]).await;
        assert_eq!((answer.status, &*answer.text), (StatusCode::OK, "items"), "handler {number}");
    }
}

#[requires_scopes("items")]
async fn router_handler(token: Option<AccessToken>, required: RequiredScopes) -> String {
    assert!(token.is_some());
    required.to_string()
}

#[requires_scopes("items")]
async fn without_arguments() {}

#[requires_scopes("items")]
async fn with_arguments_of_axum(
    _: State<ResourceServer>,
    (_, _): (Query<Value>, HeaderMap),
    _: Result<Json<Value>, axum::extract::rejection::JsonRejection>,
) {
}

#[tokio::test]
async fn handlers_whose_arguments_read_nothing_are_protected() {
    let routers = [
        Router::new().route("/", on_get(without_arguments)),
        Router::new().route("/", on_get(with_arguments_of_axum)),
        ScopedRouter::new().route("/", router::get(without_arguments)).into(),
        ScopedRouter::new().route("/", router::get(with_arguments_of_axum)).into(),
    ];
    let cases = [
        (&[][..], StatusCode::UNAUTHORIZED),
        (&["Bearer a b"], StatusCode::BAD_REQUEST),
        (&["Bearer items", "Bearer items"], StatusCode::BAD_REQUEST),
        (&["Bearer bad"], StatusCode::UNAUTHORIZED),
        (&["Bearer me"], StatusCode::FORBIDDEN),
        (&["Bearer items"], StatusCode::OK),
    ];
    for (number, router) in routers.into_iter().enumerate() {
        let app = router.with_state(server());
        for (authorization, status) in cases {
            assert_eq!(get(&app, "/", authorization).await.status, status, "{authorization:?} at {number}");
        }
    }
}

#[tokio::test]
async fn a_requirement_of_the_router_is_checked_for_handlers_whose_arguments_read_nothing() {
    let router = ScopedRouter::new().route("/", router::get(without_arguments)).require(scopes!("me"));
    let app = Router::from(router).with_state(server());
    assert_eq!(get(&app, "/", &[&bearer("items")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(get(&app, "/", &[&bearer("items me")]).await.status, StatusCode::OK);
}
