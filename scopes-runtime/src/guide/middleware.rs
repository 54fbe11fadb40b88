//! Middleware beside guards: tenants, rate limits, spans, tokens in cookies and subprotocols, CORS.
//!
//! Layers of a [`ScopedRouter`](crate::ScopedRouter) run before tokens are checked, so a middleware cannot open an operation.
//! It can extract the token itself: the token is decoded once for each request, and the guard uses the same result.
//!
//! Take `Option<AccessToken>` in a layer of a `ScopedRouter`, and pass the request on. It is `None` without a valid token; the
//! guard then sends the challenge of the operation. `AccessToken` alone also refuses requests for public operations, and its
//! challenge contains no scopes. In layers of axum's own `Router` an invalid token is refused, because it is not known that a
//! guard follows; take `Result<AccessToken, AuthError>` there, which logs the refusal once more.
//!
//! # Load the tenant or the user
//!
//! ```
//! use axum::Extension;
//! use axum::extract::Request;
//! use axum::middleware::{Next, from_fn_with_state};
//! use axum::response::Response;
//! use scopes_runtime::router::{ScopedRouter, get};
//! use scopes_runtime::{AccessToken, ResourceServer, requires_scopes};
//!
//! #[derive(Clone, serde::Deserialize)]
//! struct Tenant {
//!     tenant: String,
//! }
//!
//! async fn load_tenant(token: Option<AccessToken>, mut request: Request, next: Next) -> Response {
//!     if let Some(Ok(tenant)) = token.map(|token| token.claims::<Tenant>()) {
//!         request.extensions_mut().insert(tenant);
//!     }
//!     next.run(request).await
//! }
//!
//! /// A request without the claim `tenant` gets 500, because `Extension` is missing: check the claim in an extractor of your own
//! /// if tokens may lack it.
//! #[requires_scopes]
//! async fn dashboard(Extension(Tenant { tenant }): Extension<Tenant>) -> String {
//!     format!("the dashboard of {tenant}")
//! }
//!
//! fn router(server: ResourceServer) -> ScopedRouter<ResourceServer> {
//!     ScopedRouter::new()
//!         .route("/dashboard", get(dashboard))
//!         .layer(from_fn_with_state(server, load_tenant))
//! }
//! # fn main() {}
//! ```
//!
//! # Limit requests of a subject
//!
//! ```
//! use std::collections::HashMap;
//! use std::sync::{Arc, Mutex};
//!
//! use axum::extract::{FromRef, Request, State};
//! use axum::http::{StatusCode, header};
//! use axum::middleware::Next;
//! use axum::response::{IntoResponse, Response};
//! use scopes_runtime::{AccessToken, ResourceServer};
//!
//! /// Requests of the current minute; a task clears it. Use a crate such as `governor` in production.
//! #[derive(Clone, Default)]
//! struct Requests(Arc<Mutex<HashMap<String, u32>>>);
//!
//! #[derive(Clone, FromRef)]
//! struct AppState {
//!     requests: Requests,
//!     resource_server: ResourceServer,
//! }
//!
//! async fn limit(
//!     State(Requests(requests)): State<Requests>,
//!     token: Option<AccessToken>,
//!     request: Request,
//!     next: Next,
//! ) -> Response {
//!     // A request without a valid token is refused by the guard; limit these by address, outside of the application.
//!     let subject = token.and_then(|token| Some(token.subject()?.to_owned()));
//!     if let Some(subject) = subject {
//!         let mut requests = requests.lock().expect("no thread panics with the lock");
//!         let count = requests.entry(subject).or_insert(0);
//!         *count += 1;
//!         if *count > 100 {
//!             return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")]).into_response();
//!         }
//!     }
//!     next.run(request).await
//! }
//! ```
//!
//! # Name the subject in spans
//!
//! Write ids, never the token. `tower_http::trace::TraceLayer` makes the span; declare the field in its `make_span_with`.
//!
//! ```
//! use axum::extract::Request;
//! use axum::middleware::Next;
//! use axum::response::Response;
//! use scopes_runtime::AccessToken;
//!
//! async fn record_subject(token: Option<AccessToken>, request: Request, next: Next) -> Response {
//!     if let Some(subject) = token.as_ref().and_then(AccessToken::subject) {
//!         tracing::Span::current().record("subject", subject);
//!     }
//!     next.run(request).await
//! }
//! ```
//!
//! # Tokens from cookies
//!
//! A backend for a browser application may keep the token in a cookie with `HttpOnly`, `Secure` and `SameSite=Strict`. Browsers
//! send cookies on their own, so requests that change something need a check against CSRF as well; here it is a header that
//! other origins cannot send without a CORS preflight.
//!
//! ```
//! use axum::extract::Request;
//! use axum::http::{HeaderMap, HeaderValue, header};
//! use axum::middleware::{Next, from_fn};
//! use axum::response::Response;
//! use scopes_runtime::ScopedRouter;
//!
//! async fn token_from_cookie(mut request: Request, next: Next) -> Response {
//!     let headers = request.headers();
//!     let is_own_page = headers.contains_key("x-requested-with");
//!     // A request with a token keeps it.
//!     if is_own_page && !headers.contains_key(header::AUTHORIZATION)
//!         && let Some(authorization) = authorization_of_cookie(headers)
//!     {
//!         request.headers_mut().insert(header::AUTHORIZATION, authorization);
//!     }
//!     next.run(request).await
//! }
//!
//! fn authorization_of_cookie(headers: &HeaderMap) -> Option<HeaderValue> {
//!     let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
//!     let mut cookies = cookies.flat_map(|cookies| cookies.split("; "));
//!     let token = cookies.find_map(|cookie| cookie.strip_prefix("__Host-token="))?;
//!     let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
//!     authorization.set_sensitive(true);
//!     Some(authorization)
//! }
//!
//! # fn f(router: ScopedRouter) -> ScopedRouter {
//! router.layer(from_fn(token_from_cookie))
//! # }
//! ```
//!
//! # Tokens from WebSocket subprotocols
//!
//! Browsers cannot set `Authorization` on a WebSocket. Pages send `new WebSocket(url, ["bearer", token])`. The handler selects
//! `bearer` with `WebSocketUpgrade::protocols(["bearer"])`, so that the response does not repeat the token.
//!
//! ```
//! use axum::extract::Request;
//! use axum::http::{HeaderMap, HeaderValue, header};
//! use axum::middleware::Next;
//! use axum::response::Response;
//!
//! async fn token_from_subprotocol(mut request: Request, next: Next) -> Response {
//!     let headers = request.headers();
//!     if !headers.contains_key(header::AUTHORIZATION)
//!         && let Some(authorization) = authorization_of_subprotocol(headers)
//!     {
//!         request.headers_mut().insert(header::AUTHORIZATION, authorization);
//!     }
//!     next.run(request).await
//! }
//!
//! fn authorization_of_subprotocol(headers: &HeaderMap) -> Option<HeaderValue> {
//!     let protocols = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
//!     let (scheme, token) = protocols.split_once(',')?;
//!     let token = token.trim();
//!     let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
//!     authorization.set_sensitive(true);
//!     (scheme.trim() == "bearer" && !token.contains(',')).then_some(authorization)
//! }
//! ```
//!
//! # CORS
//!
//! `CorsLayer` goes around the whole application, so that preflight requests need no token. Without `expose_headers`, scripts
//! cannot read the challenge, and do not learn which scopes to request.
//!
//! ```
//! use axum::Router;
//! use axum::http::{HeaderValue, Method, header};
//! use tower_http::cors::CorsLayer;
//!
//! fn with_cors(app: Router) -> Router {
//!     let cors = CorsLayer::new()
//!         .allow_origin(HeaderValue::from_static("https://app.example"))
//!         .allow_methods([Method::GET, Method::POST])
//!         .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
//!         .expose_headers([header::WWW_AUTHENTICATE, header::RETRY_AFTER]);
//!     app.layer(cors)
//! }
//! ```
//!
//! # Other formats of refusals
//!
//! [`ResourceServerBuilder::refusal_response`](crate::ResourceServerBuilder::refusal_response) sets one format. Where it
//! depends on the request, a middleware finds the [`AuthError`](crate::AuthError) of a refusal in the extensions of the
//! response:
//!
//! ```
//! use axum::extract::Request;
//! use axum::http::header;
//! use axum::middleware::Next;
//! use axum::response::{Html, Response};
//! use scopes_runtime::AuthError;
//!
//! async fn negotiate(request: Request, next: Next) -> Response {
//!     let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
//!     let wants_html = accept.is_some_and(|accept| accept.contains("text/html"));
//!     let response = next.run(request).await;
//!     match response.extensions().get::<AuthError>().cloned() {
//!         Some(error) if wants_html => {
//!             let page = Html(format!("<h1>{error}</h1>"));
//!             error.into_response_with(page)
//!         }
//!         _ => response,
//!     }
//! }
//! ```
