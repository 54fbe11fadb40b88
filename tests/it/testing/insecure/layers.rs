//! Layers that authorize a request, answer it or replace its token.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use scopes_runtime::ScopedRouter;
use scopes_runtime::router::get;
use serde_json::Value;

use super::{authorize, found, found_of, has, read_me, secure};

#[test]
fn a_server_that_accepts_tokens_in_the_query_is_found() {
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
fn a_server_that_accepts_tokens_in_forms_is_found() {
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
fn an_open_value_of_a_path_parameter_is_found() {
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
fn a_layer_that_responds_before_the_guard_is_found() {
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
fn a_layer_that_replaces_tokens_is_found() {
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
