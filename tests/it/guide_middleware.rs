//! The middleware of `scopes_runtime::guide::middleware`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{FromRef, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, ResourceServer, requires_scopes};
use scopes_tests::{Answer, Readable, Scope, call, send};
use tower_http::cors::CorsLayer;

#[requires_scopes("me")]
async fn me(token: AccessToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().route("/me", get(me))
}

async fn with_headers(app: &Router, headers: &[(&str, &str)]) -> Answer {
    let request =
        headers.iter().fold(Request::get("/me"), |request, (name, value)| request.header(*name, *value));
    send(app, request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_middleware_loads_the_tenant_of_the_token() {
    #[derive(Clone, serde::Deserialize)]
    struct Tenant {
        tenant: String,
    }

    async fn load_tenant(token: Option<AccessToken>, mut request: Request, next: Next) -> Response {
        if let Some(Ok(tenant)) = token.map(|token| token.claims::<Tenant>()) {
            request.extensions_mut().insert(tenant);
        }
        next.run(request).await
    }

    #[requires_scopes("me")]
    async fn dashboard(Extension(Tenant { tenant }): Extension<Tenant>) -> String {
        tenant
    }

    let issuer = TestIssuer::new();
    let server = issuer.resource_server();
    let router =
        ScopedRouter::new().route("/", get(dashboard)).layer(from_fn_with_state(server.clone(), load_tenant));
    let app = Router::from(router.with_state(server));
    let token = issuer.token().claim("tenant", "acme");
    assert_eq!(call(&app, "GET", "/", Some(&token.clone().scopes(["me"]).sign())).await.text, "acme");
    // The refusals are those of the guard.
    let refused = call(&app, "GET", "/", None).await;
    assert_eq!(refused.challenge(), Some(r#"Bearer realm="api", scope="me""#));
    let refused = call(&app, "GET", "/", Some(&token.clone().scopes(["me"]).forged().sign())).await;
    assert_eq!(refused.challenge(), Some(r#"Bearer realm="api", error="invalid_token", scope="me""#));
    assert_eq!(call(&app, "GET", "/", Some(&token.sign())).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_middleware_limits_the_requests_of_a_subject() {
    #[derive(Clone, Default)]
    struct Requests(Arc<Mutex<HashMap<String, u32>>>);

    #[derive(Clone, FromRef)]
    struct AppState {
        requests: Requests,
        resource_server: ResourceServer,
    }

    async fn limit(
        State(Requests(requests)): State<Requests>,
        token: Option<AccessToken>,
        request: Request,
        next: Next,
    ) -> Response {
        let subject = token.and_then(|token| Some(token.subject()?.to_owned()));
        if let Some(subject) = subject {
            let mut requests = requests.lock().expect("no thread panics with the lock");
            let count = requests.entry(subject).or_insert(0);
            *count += 1;
            if *count > 2 {
                return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")]).into_response();
            }
        }
        next.run(request).await
    }

    let issuer = TestIssuer::new();
    let state = AppState { requests: Requests::default(), resource_server: issuer.resource_server() };
    let router = ScopedRouter::new().route("/me", get(me)).layer(from_fn_with_state(state.clone(), limit));
    let app = Router::from(router.with_state(state));
    let of = |subject: &str| issuer.token().subject(subject).scopes(["me"]).sign();
    let mut statuses = Vec::new();
    for token in [None, None, None, Some(of("a")), Some(of("a")), Some(of("a")), Some(of("b"))] {
        statuses.push(call(&app, "GET", "/me", token.as_deref()).await.status.as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 200, 200, 429, 200]);
}

#[tokio::test]
async fn a_token_can_come_from_a_cookie() {
    async fn token_from_cookie(mut request: Request, next: Next) -> Response {
        let headers = request.headers();
        let is_own_page = headers.contains_key("x-requested-with");
        if is_own_page
            && !headers.contains_key(header::AUTHORIZATION)
            && let Some(authorization) = authorization_of_cookie(headers)
        {
            request.headers_mut().insert(header::AUTHORIZATION, authorization);
        }
        next.run(request).await
    }

    fn authorization_of_cookie(headers: &HeaderMap) -> Option<HeaderValue> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        let mut cookies = cookies.flat_map(|cookies| cookies.split("; "));
        let token = cookies.find_map(|cookie| cookie.strip_prefix("__Host-token="))?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        authorization.set_sensitive(true);
        Some(authorization)
    }

    let server = ResourceServer::new(Readable::default());
    let app = Router::from(router().layer(from_fn(token_from_cookie)).with_state(server));
    let own = ("x-requested-with", "fetch");
    let status = async |headers: &[(&str, &str)]| with_headers(&app, headers).await.status.as_u16();
    assert_eq!(status(&[own, ("cookie", "a=b; __Host-token=me")]).await, 200);
    assert_eq!(status(&[own, ("cookie", "__Host-token=items")]).await, 403);
    assert_eq!(status(&[own, ("cookie", "__Host-token=bad")]).await, 401);
    assert_eq!(status(&[own, ("cookie", "__Host-token=a b")]).await, 400);
    assert_eq!(status(&[("cookie", "__Host-token=me")]).await, 401);
    assert_eq!(status(&[own, ("cookie", "__Host-token=me"), ("authorization", "Bearer items")]).await, 403);
}

#[tokio::test]
async fn a_token_can_come_from_a_websocket_subprotocol() {
    async fn token_from_subprotocol(mut request: Request, next: Next) -> Response {
        let headers = request.headers();
        if !headers.contains_key(header::AUTHORIZATION)
            && let Some(authorization) = authorization_of_subprotocol(headers)
        {
            request.headers_mut().insert(header::AUTHORIZATION, authorization);
        }
        next.run(request).await
    }

    fn authorization_of_subprotocol(headers: &HeaderMap) -> Option<HeaderValue> {
        let protocols = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
        let (scheme, token) = protocols.split_once(',')?;
        let token = token.trim();
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        authorization.set_sensitive(true);
        (scheme.trim() == "bearer" && !token.contains(',')).then_some(authorization)
    }

    let server = ResourceServer::new(Readable::default());
    let app = Router::from(router().layer(from_fn(token_from_subprotocol)).with_state(server));
    let status =
        async |protocols| with_headers(&app, &[("sec-websocket-protocol", protocols)]).await.status.as_u16();
    assert_eq!(status("bearer, me").await, 200);
    assert_eq!(status("bearer,items").await, 403);
    assert_eq!(status("bearer, me, items").await, 401);
    assert_eq!(status("chat, me").await, 401);
    assert_eq!(status("bearer").await, 401);
}

#[tokio::test]
async fn cors_exposes_the_challenge_and_lets_preflights_pass() {
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static("https://app.example"))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::WWW_AUTHENTICATE, header::RETRY_AFTER]);
    let server = ResourceServer::new(Readable::default());
    let app = Router::from(router().with_state(server)).layer(cors);
    let refused = with_headers(&app, &[("origin", "https://app.example")]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS], "www-authenticate,retry-after");
    let preflight = Request::options("/me")
        .header(header::ORIGIN, "https://app.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization");
    let answer = send(&app, preflight.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "authorization,content-type");
}
