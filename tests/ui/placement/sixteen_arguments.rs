use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn items(
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
    _: axum::http::Method,
) {
}

#[requires_scopes("me")]
async fn correct() {}

fn main() {}
