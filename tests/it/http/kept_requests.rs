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
use scopes_runtime::router::get;
use scopes_runtime::{
    AccessToken, AuthError, DecodeError, DecodeFuture, GrantedScopes, ResourceServer, ScopedRouter,
    TokenDecoder, requires_scopes,
};
use scopes_tests::{Scope, send};
use serde_json::{Map, json};

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
