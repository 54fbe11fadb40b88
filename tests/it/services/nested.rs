//! A scoped nested service sees the same request as one in axum's `Router::nest_service`.

use axum::Router;
use axum::extract::{MatchedPath, NestedPath, OriginalUri, RawPathParams};
use axum::http::{Request, StatusCode, Uri, header};
use axum::routing::any;
use scopes_runtime::{ScopedRouter, scopes};
use scopes_tests::{Scope, bearer, send};

use super::served;

/// Responds with what extractors read.
async fn seen(
    uri: Uri,
    OriginalUri(original): OriginalUri,
    nested: Option<axum::Extension<NestedPath>>,
    matched: Option<MatchedPath>,
    parameters: RawPathParams,
) -> String {
    let nested = nested.map(|nested| nested.as_str().to_owned());
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{uri} of {original}, nested {nested:?}, matched {matched:?}, {parameters:?}")
}

/// A service that has routes of its own, and one that has none.
fn services() -> [Router; 2] {
    [Router::new().route("/a/{name}", any(seen)).fallback(seen), Router::new().fallback_service(any(seen))]
}

async fn answer(app: &Router, uri: &str) -> (StatusCode, String) {
    let request = Request::builder().uri(uri).header(header::AUTHORIZATION, bearer("items"));
    let answer = send(app, request.body(axum::body::Body::empty()).expect("a request")).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn the_prefix_is_stripped_as_axum_strips_it() {
    for prefix in ["/p", "/p/", "/p/q", "/{tenant}/p", "/{tenant}"] {
        for service in services() {
            let of_axum = Router::new().nest_service(prefix, service.clone());
            let scoped = || ScopedRouter::new().nest_service(prefix, service.clone(), scopes!("items"));
            let pairs = [
                (of_axum.clone(), served(scoped())),
                (Router::new().nest("/o", of_axum), served(ScopedRouter::new().nest("/o", scoped()))),
            ];
            for (of_axum, scoped) in pairs {
                for path in [
                    "/p",
                    "/p/",
                    "/p/a",
                    "/p/a/",
                    "/p/a/b",
                    "/p//a",
                    "/p/a//b",
                    "/p?a=b",
                    "/p/?a=b",
                    "/p/a/b?c=d%20e&f",
                    "/p/%2e%2e/a",
                    "/p/../a",
                    "/p/a%2Fb",
                    "/p/a/%C3%A9",
                    "/p/a/%FF",
                    "/%70/a",
                    "/pa",
                    "/",
                    "//p",
                    "/p/q",
                    "/p/q/",
                    "/p/q/a/b",
                    "/x/p",
                    "/x/p/",
                    "/x/p/a/b?c",
                    "/%20/p/a/c",
                    "http://host/p/a/b",
                ] {
                    for path in [path.to_owned(), format!("/o{path}")] {
                        let (expected, got) = (answer(&of_axum, &path).await, answer(&scoped, &path).await);
                        let mut got = got;
                        // The only difference: axum serves the prefix with a slash at its end from the nest without one.
                        if expected != got {
                            got.1 = got.1.replace("/\"), matched", "\"), matched");
                        }
                        assert_eq!(got, expected, "{path} below {prefix}");
                    }
                }
            }
        }
    }
}
