//! Requests with the extensions of an earlier request or attempt. An outcome is reused only while it holds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{Extensions, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get as on_get;
use scopes_runtime::router::get;
use scopes_runtime::{
    AccessToken, AuthError, DecodeError, DecodeFuture, GrantedScopes, RequiredScopes, ResourceServer,
    ScopedRouter, TokenDecoder, authenticated_by, public, requires_scopes, scopes,
};
use scopes_tests::{Readable, Scope, bearer, send};
use serde_json::{Map, json};
use tower::ServiceExt as _;

use crate::credentials::PartnerKey;

#[requires_scopes("items")]
async fn items() {}

fn request(extensions: Option<Extensions>) -> Request {
    let mut request =
        Request::get("/").header("authorization", "Bearer a").body(Body::empty()).expect("a request");
    if let Some(extensions) = extensions {
        *request.extensions_mut() = extensions;
    }
    request
}

fn token(expires_at: SystemTime) -> Result<AccessToken, DecodeError> {
    let seconds = expires_at.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs_f64();
    AccessToken::new(Map::from_iter([("exp".to_owned(), json!(seconds))]), GrantedScopes::from_list("items"))
}

/// Accepts every token until this time.
struct Until(SystemTime);

impl TokenDecoder for Until {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        Box::pin(async {
            if SystemTime::now() < self.0 { token(self.0) } else { Err(DecodeError::invalid("expired")) }
        })
    }
}

#[tokio::test]
async fn an_expired_token_is_decoded_again() {
    async fn keep(State(kept): State<Arc<Mutex<Extensions>>>, request: Request, next: Next) -> Response {
        let (parts, body) = request.into_parts();
        let mut kept_parts = parts.clone();
        let server = parts.extensions.get::<ResourceServer>().expect("a server").clone();
        AccessToken::from_request_parts(&mut kept_parts, &server).await.expect("a valid token");
        *kept.lock().expect("no panic") = kept_parts.extensions;
        next.run(Request::from_parts(parts, body)).await
    }
    let expires_at = SystemTime::now() + Duration::from_millis(700);
    let server = ResourceServer::new(Until(expires_at));
    let kept = Arc::new(Mutex::new(Extensions::new()));
    let app = Router::from(ScopedRouter::new().route("/", get(items)).with_state(server.clone()));
    let keeping =
        app.clone().layer(from_fn_with_state(Arc::clone(&kept), keep)).layer(axum::Extension(server));
    assert_eq!(send(&keeping, request(None)).await.status, StatusCode::OK);
    let kept = kept.lock().expect("no panic").clone();
    assert_eq!(send(&app, request(Some(kept.clone()))).await.status, StatusCode::OK);
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(send(&app, request(Some(kept))).await.status, StatusCode::UNAUTHORIZED);
}

/// Is unavailable for the first token only.
#[derive(Default)]
struct Recovering(AtomicBool);

impl TokenDecoder for Recovering {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        Box::pin(async {
            if self.0.swap(true, Ordering::Relaxed) {
                token(SystemTime::now() + Duration::from_secs(60))
            } else {
                Err(DecodeError::unavailable(Duration::from_secs(1), "no keys"))
            }
        })
    }
}

#[tokio::test]
async fn an_unavailable_decoder_is_tried_again() {
    async fn retried(token: Result<AccessToken, AuthError>, request: Request, next: Next) -> Response {
        assert!(matches!(token, Err(AuthError::Unavailable(_))));
        next.run(request).await
    }
    let server = ResourceServer::new(Recovering::default());
    let router = ScopedRouter::new().route("/", get(items)).with_state(server.clone());
    let app = Router::from(router).layer(from_fn_with_state(server, retried));
    assert_eq!(send(&app, request(None)).await.status, StatusCode::OK);
}

fn names(required: &RequiredScopes) -> String {
    let sets = required.alternatives();
    let sets = sets.iter().map(|set| set.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" "));
    sets.collect::<Vec<_>>().join(" or ")
}

/// Returns what it requires, and the extensions of the request.
#[requires_scopes("items")]
async fn keep(required: RequiredScopes, extensions: Extensions) -> (Extensions, String) {
    (extensions, names(&required))
}

#[public]
async fn open(required: RequiredScopes) -> String {
    names(&required)
}

#[authenticated_by(PartnerKey)]
async fn by_key(_: PartnerKey, required: RequiredScopes) -> String {
    names(&required)
}

#[tokio::test]
async fn a_request_with_kept_extensions_has_the_requirement_of_its_own_operation() {
    let server = ResourceServer::new(Readable::default());
    let request = || {
        let request =
            Request::get("/").header("authorization", bearer("items me")).header("x-api-key", "valid");
        request.body(Body::empty()).expect("a request")
    };
    let first = ScopedRouter::new().route("/", get(keep)).require(scopes!("me"));
    let app = Router::from(first.with_state(server.clone()));
    assert_eq!(send(&app, request()).await.text, "items me");
    let Ok(response) = app.oneshot(request()).await;
    for (router, required) in [
        (ScopedRouter::new().route("/", get(keep)).into(), "items"),
        (Router::new().route("/", on_get(open)), ""),
        (Router::new().route("/", on_get(by_key)), ""),
    ] {
        let mut request = request();
        *request.extensions_mut() = response.extensions().clone();
        let answer = send(&router.with_state(server.clone()), request).await;
        assert_eq!((answer.status, &*answer.text), (StatusCode::OK, required));
    }
}
