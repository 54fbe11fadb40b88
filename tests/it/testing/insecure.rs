//! Applications with one hole each: the matrix finds it, and its table names it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{get, post};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, AuthError, DeclaredScope, DecodeFuture, GrantedScopes, JwtDecoder, Requirement,
    ResourceServer, ScopedRouter, TokenDecoder, requires_scopes, scopes,
};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use serde_json::{Map, Value};

#[requires_scopes("me")]
async fn read_me() {}

#[requires_scopes("items")]
async fn read_item(_: Path<String>) {}

#[requires_scopes("items:write")]
async fn write_item() {}

#[requires_scopes("items", BillingScope::Invoices)]
async fn send_invoice() {}

#[requires_scopes(BillingScope::Billing)]
async fn admin() {}

#[requires_scopes]
async fn any_token() {}

fn routes() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/me", get(read_me))
        .route("/items", post(write_item))
        .route("/items/{id}", get(read_item))
        .route("/invoices", post(send_invoice))
        .route("/admin", get(admin))
}

fn secure(issuer: &TestIssuer) -> Router {
    routes().with_state(issuer.resource_server()).into()
}

async fn open() {}

/// The rows of the table, with one space between columns.
#[track_caller]
fn failures(check: impl Future<Output = ()>) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| runtime.block_on(check))) else { return Vec::new() };
    let message = panic.downcast_ref::<String>().expect("a formatted message");
    let rows = message.lines().skip(3);
    rows.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// What the matrix finds of an application with these routes.
#[track_caller]
fn found_of(routes: ScopedRouter<ResourceServer>, make: impl FnOnce(&TestIssuer) -> Router) -> Vec<String> {
    let issuer = TestIssuer::new();
    failures(issuer.matrix(&routes).check(make(&issuer)))
}

#[track_caller]
fn found(make: impl FnOnce(&TestIssuer) -> Router) -> Vec<String> {
    found_of(routes(), make)
}

/// Grants what a function makes of the scopes of a valid token.
struct Lenient {
    inner: JwtDecoder,
    granted: fn(&str) -> String,
}

impl TokenDecoder for Lenient {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(async move {
            let token = self.inner.decode(token).await?;
            let claims: Map<String, Value> = token.claims().expect("JSON");
            AccessToken::new(claims, GrantedScopes::from_list(&(self.granted)(&token.scopes().to_string())))
        })
    }
}

fn lenient(issuer: &TestIssuer, granted: fn(&str) -> String) -> Router {
    routes().with_state(ResourceServer::new(Lenient { inner: issuer.decoder(), granted })).into()
}

fn has(granted: &str, scope: &str) -> bool {
    granted.split(' ').any(|it| it == scope)
}

fn authorize(request: &mut Request, token: &str) {
    let line = HeaderValue::try_from(format!("Bearer {token}")).expect("a token");
    request.headers_mut().insert(header::AUTHORIZATION, line);
}

#[test]
fn none_is_found_where_there_is_none() {
    assert_eq!(found(secure), [""; 0]);
}

#[test]
fn a_decoder_in_which_one_scope_opens_another() {
    let granted =
        |granted: &str| if has(granted, "me") { format!("{granted} billing") } else { granted.into() };
    let found = found(|issuer| lenient(issuer, granted));
    assert_eq!(
        found,
        [
            r#"GET /admin a token of `me` 403 Bearer insufficient_scope scope="billing" 200"#,
            r#"POST /invoices a token of all scopes but `billing` `invoices` 403 Bearer insufficient_scope scope="items invoices" 200"#,
        ]
    );
}

#[test]
fn a_declared_scope_that_no_operation_requires_opens_one() {
    let routes = || {
        let scheme = OAuth2Scheme::new::<Scope>().with_vocabulary::<BillingScope>();
        ScopedRouter::new().security_scheme(scheme).route("/me", get(read_me))
    };
    let granted = |granted: &str| if has(granted, "invoices:read") { "me".into() } else { granted.into() };
    let found = found_of(routes(), |issuer| {
        routes().with_state(ResourceServer::new(Lenient { inner: issuer.decoder(), granted })).into()
    });
    let row = r#"GET /me a token of `invoices:read` 403 Bearer insufficient_scope scope="me" 200"#;
    assert_eq!(found, [row]);
}

/// More scopes than one token gets.
#[test]
fn one_of_a_hundred_scopes_opens_one_of_a_hundred_operations() {
    let scope = |number: usize| {
        let name = String::leak(format!("scope:{number}"));
        &*Box::leak(Box::new(DeclaredScope::new(name, "One of many.", &[], &[])))
    };
    let scopes: Vec<_> = (0..100).map(scope).collect();
    let routes = || {
        scopes.iter().enumerate().fold(ScopedRouter::new(), |routes, (number, scope)| {
            let path = format!("/operations/{number}/{{id}}");
            let route = ScopedRouter::new().route(&path, get(any_token));
            routes.merge(route.require(Requirement::scope(scope)))
        })
    };
    let granted = |granted: &str| if has(granted, "scope:99") { "scope:7".into() } else { granted.into() };
    let found = found_of(routes(), |issuer| {
        routes().with_state(ResourceServer::new(Lenient { inner: issuer.decoder(), granted })).into()
    });
    let refused = r#"403 Bearer insufficient_scope scope="scope:7" 200"#;
    assert!(
        found.contains(&format!("GET /operations/7/{{id}} a token of `scope:99` {refused}")),
        "{found:#?}"
    );
}

#[test]
fn a_decoder_that_expands_implications_the_wrong_way_round() {
    let granted =
        |granted: &str| if has(granted, "items") { format!("{granted} items:write") } else { granted.into() };
    let found = found(|issuer| lenient(issuer, granted));
    let row = r#"POST /items a token of `items` 403 Bearer insufficient_scope scope="items:write" 200"#;
    assert_eq!(found, [row]);
}

#[test]
fn a_token_in_the_query() {
    let found = found(|issuer| {
        secure(issuer).layer(from_fn(async |mut request: Request, next: Next| {
            let token = request.uri().query().and_then(|query| query.strip_prefix("access_token="));
            if let Some(token) = token.map(str::to_owned) {
                authorize(&mut request, &token);
            }
            next.run(request).await
        }))
    });
    assert_eq!(
        found,
        [
            r#"GET /admin a token of `billing` in the query 401 Bearer scope="billing" 200"#,
            r#"POST /invoices a token of `items invoices` in the query 401 Bearer scope="items invoices" 200"#,
            r#"POST /items a token of `items:write` in the query 401 Bearer scope="items:write" 200"#,
            r#"GET /items/{id} a token of `items` in the query 401 Bearer scope="items" 200"#,
            r#"GET /me a token of `me` in the query 401 Bearer scope="me" 200"#,
        ]
    );
}

#[test]
fn a_token_in_a_form() {
    let found = found(|issuer| {
        secure(issuer).layer(from_fn(async |request: Request, next: Next| {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 10_000).await.expect("a small body");
            let mut request = Request::from_parts(parts, Body::from(body.clone()));
            let token = std::str::from_utf8(&body).ok().and_then(|body| body.strip_prefix("access_token="));
            if let Some(token) = token {
                authorize(&mut request, token);
            }
            next.run(request).await
        }))
    });
    assert_eq!(
        found,
        [
            r#"POST /invoices a token of `items invoices` in a form 401 Bearer scope="items invoices" 200"#,
            r#"POST /items a token of `items:write` in a form 401 Bearer scope="items:write" 200"#,
        ]
    );
}

#[test]
fn an_open_head_of_a_scoped_get() {
    let found = found(|issuer| secure(issuer).route("/items/{id}", routing::head(open)));
    assert_eq!(found, [r#"HEAD /items/{id} no token 401 Bearer scope="items" 200"#]);
}

#[test]
fn an_open_method_beside_scoped_ones() {
    let found = found(|issuer| secure(issuer).route("/items/{id}", routing::delete(open)));
    assert_eq!(found, ["DELETE /items/{id} no token 405 or refused: not in the report 200"]);
}

#[test]
fn an_open_handler_of_all_other_methods() {
    let found = found(|issuer| secure(issuer).route("/items/{id}", routing::any(open)));
    let methods = "POST, PUT, DELETE, PATCH, OPTIONS, TRACE, CONNECT";
    assert_eq!(found, [format!("{methods} /items/{{id}} no token 405 or refused: not in the report 200")]);
}

#[test]
fn an_open_path_that_differs_by_a_slash() {
    let found = found(|issuer| secure(issuer).route("/admin/", routing::get(open)));
    assert_eq!(found, ["GET /admin/ no token 404, refused or a redirect: not in the report 200"]);
}

#[test]
fn one_value_of_a_path_is_open() {
    let found = found(|issuer| {
        secure(issuer).layer(from_fn(async |request: Request, next: Next| -> Response {
            let id = request.uri().path().strip_prefix("/items/");
            if id.is_some_and(|id| id.starts_with(|first: char| first.is_ascii_alphabetic())) {
                "for everyone".into_response()
            } else {
                next.run(request).await
            }
        }))
    });
    assert_eq!(found, [r#"GET /items/{id} no token, at `/items/word` 401 Bearer scope="items" 200"#]);
}

#[test]
fn a_middleware_that_answers_before_the_guard() {
    let cached = from_fn(async |request: Request, next: Next| {
        if request.headers().contains_key(header::AUTHORIZATION) {
            "from a cache".into_response()
        } else {
            next.run(request).await
        }
    });
    let routes = || ScopedRouter::new().route("/me", get(read_me).layer(cached.clone()));
    let found = found_of(routes(), |issuer| routes().with_state(issuer.resource_server()).into());
    assert_eq!(
        found,
        [
            r#"GET /me garbage 401 Bearer invalid_token scope="me" 200"#,
            r#"GET /me a token without `me` 403 Bearer insufficient_scope scope="me" 200"#,
        ]
    );
}

#[test]
fn an_extractor_that_requires_more_than_the_report_says() {
    struct Hidden;

    impl<S: Send + Sync> FromRequestParts<S> for Hidden
    where
        AccessToken: FromRequestParts<S, Rejection = AuthError>,
    {
        type Rejection = AuthError;

        async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
            let token = AccessToken::from_request_parts(parts, state).await?;
            token.require(scopes!("items:write")).map(|()| Self)
        }
    }

    #[requires_scopes("me")]
    async fn handler(_: Hidden) {}

    let routes = || ScopedRouter::new().route("/hidden", get(handler));
    let found = found_of(routes(), |issuer| routes().with_state(issuer.resource_server()).into());
    let row = r#"GET /hidden a token of `me` let through 403 Bearer insufficient_scope scope="me items:write", more than the report requires"#;
    assert_eq!(found, [row]);
}

#[test]
fn a_middleware_that_swaps_tokens() {
    let found = found(|issuer| {
        let all = issuer.token().scopes(["me", "items:write", "billing"]).sign();
        let swap = from_fn(move |mut request: Request, next: Next| {
            let line = request.headers().get(header::AUTHORIZATION).cloned();
            let claims = line
                .as_ref()
                .and_then(|line| line.to_str().ok()?.split('.').nth(1).map(str::to_owned))
                .and_then(|payload| Base64UrlUnpadded::decode_vec(&payload).ok())
                .and_then(|claims| serde_json::from_slice::<Value>(&claims).ok());
            let may_read_invoices =
                claims.is_some_and(|claims| has(claims["scope"].as_str().unwrap_or(""), "invoices:read"));
            if may_read_invoices {
                authorize(&mut request, &all);
            }
            next.run(request)
        });
        secure(issuer).layer(swap)
    });
    assert!(
        found.contains(
            &r#"GET /admin a token of `invoices:read` 403 Bearer insufficient_scope scope="billing" 200"#
                .to_owned()
        ),
        "{found:#?}"
    );
}
