//! Middleware that takes `Option<AccessToken>` before the check of the operation.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler as _;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use scopes_runtime::router::{ScopedRouter, get, unchecked};
use scopes_runtime::{
    AccessToken, DecodeError, DecodeFuture, ResourceServer, TokenDecoder, public, requires_scopes,
};
use scopes_tests::{Readable, Scope, call};

async fn identify(token: Option<AccessToken>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let subject = token.as_ref().and_then(AccessToken::subject).unwrap_or("none").to_owned();
    response.headers_mut().insert("x-subject", subject.parse().expect("a header value"));
    response
}

#[requires_scopes("items")]
async fn items() {}

#[public]
async fn open() {}

#[public]
async fn greet(_: Option<AccessToken>) {}

async fn without_attribute(_: Option<AccessToken>) {}

fn routes() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().route("/items", get(items)).route("/open", get(open)).route("/greet", get(greet))
}

fn layered() -> Vec<Router> {
    let server = ResourceServer::new(Readable::default());
    let layer = || from_fn_with_state(server.clone(), identify);
    let by_method = ScopedRouter::new()
        .route("/items", get(items).layer(layer()))
        .route("/open", get(open).layer(layer()))
        .route("/greet", get(greet).layer(layer()));
    let routers = [
        routes().layer(layer()),
        routes().route_layer(layer()),
        by_method,
        ScopedRouter::new().merge(routes().layer(layer())).layer(layer()),
    ];
    routers.map(|router| router.with_state(server.clone()).into()).into()
}

#[tokio::test]
async fn a_bad_token_gets_the_challenge_of_the_operation() {
    for app in layered() {
        let answer = call(&app, "GET", "/items", Some("bad")).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.challenge(), Some(r#"Bearer realm="api", error="invalid_token", scope="items""#));
        assert_eq!(answer.headers["x-subject"], "none");
        assert_eq!(call(&app, "GET", "/items", Some("?")).await.status, 400);
        assert_eq!(scopes_tests::get(&app, "/items", &["Bearer items", "Bearer items"]).await.status, 400);
        assert_eq!(call(&app, "GET", "/items", Some("down")).await.status, 503);
        assert_eq!(call(&app, "GET", "/items", None).await.status, 401);
        assert_eq!(call(&app, "GET", "/items", Some("me")).await.status, 403);
        let answer = call(&app, "GET", "/items", Some("items")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["x-subject"]),
            (200, &"alice".parse().expect("a value"))
        );
    }
}

#[tokio::test]
async fn a_public_handler_treats_a_bad_token_as_without_the_middleware() {
    for app in layered() {
        assert_eq!(call(&app, "GET", "/open", Some("bad")).await.status, 200);
        assert_eq!(call(&app, "GET", "/greet", Some("bad")).await.status, 401);
        assert_eq!(call(&app, "GET", "/greet", Some("?")).await.status, 400);
        assert_eq!(call(&app, "GET", "/greet", None).await.status, 200);
    }
}

#[tokio::test]
async fn where_no_check_follows_a_bad_token_is_refused() {
    let server = ResourceServer::new(Readable::default());
    let plain = || Router::new().route("/plain", axum::routing::get(without_attribute));
    let service = plain().with_state(server.clone());
    let layer = || from_fn_with_state(server.clone(), identify);
    let scoped = [
        ScopedRouter::new().merge_unchecked(plain(), "not ported yet").layer(layer()),
        ScopedRouter::new().nest_unchecked("/in", plain(), "not ported yet").layer(layer()),
        ScopedRouter::new().nest_service("/in", service.clone(), unchecked("not ported yet")).layer(layer()),
        ScopedRouter::new().fallback_service(service.clone(), unchecked("not ported yet")).layer(layer()),
        ScopedRouter::new().route_service("/plain", service, unchecked("not ported yet")).layer(layer()),
    ];
    for (at, router) in scoped.into_iter().enumerate() {
        let app = Router::from(router.with_state(server.clone()));
        let path = if matches!(at, 1 | 2) { "/in/plain" } else { "/plain" };
        assert_eq!(call(&app, "GET", path, Some("bad")).await.status, 401, "{at}");
        assert_eq!(call(&app, "GET", path, Some("me")).await.status, 200, "{at}");
        assert_eq!(call(&app, "GET", path, None).await.status, 200, "{at}");
    }
    // A layer of axum's router: whether a check follows is not known.
    let app = plain().layer(layer()).with_state(server);
    assert_eq!(call(&app, "GET", "/plain", Some("bad")).await.status, 401);
}

#[tokio::test]
async fn a_token_that_another_server_refused_in_a_layer_opens_no_operation() {
    struct Other;

    impl TokenDecoder for Other {
        fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
            Box::pin(async { Err(DecodeError::invalid("of another issuer")) })
        }
    }

    let inner = routes().with_state::<()>(ResourceServer::new(Readable::default()));
    let layer = from_fn_with_state(ResourceServer::new(Other), identify);
    let app = Router::from(inner.layer(layer));
    assert_eq!(call(&app, "GET", "/items", Some("items")).await.status, 401);
    assert_eq!(call(&app, "GET", "/open", Some("items")).await.status, 200);
}

#[tokio::test]
async fn in_the_layers_of_a_public_handler_a_bad_token_is_refused() {
    let server = ResourceServer::new(Readable::default());
    let router =
        || ScopedRouter::new().route("/", get(open.layer(from_fn_with_state(server.clone(), identify))));
    let outer = from_fn_with_state(server.clone(), identify);
    for router in [router(), router().layer(outer.clone())] {
        let app = Router::from(router.with_state(server.clone()));
        assert_eq!(call(&app, "GET", "/", Some("bad")).await.status, 401);
        assert_eq!(call(&app, "GET", "/", None).await.status, 200);
    }
}
