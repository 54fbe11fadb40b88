//! The page for readers: the whole API on one page, to search and to print.

use std::sync::LazyLock;

use aide::redoc::Redoc;
use axum::{
    http::{HeaderMap, header},
    response::{Html, Response},
};

use super::files::{DOCUMENT, cached};

/// For narrow screens too, and without the logo, which ReDoc loads from another server.
const HEAD: &str = r#"<head>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body { margin: 0; } a[href="https://redocly.com/redoc/"] img { display: none; }</style>"#;

/// ReDoc is in the page, and searches in a worker that it makes itself.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; \
                      img-src data:; worker-src blob:";

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let page = Redoc::new(DOCUMENT).with_title("OAuth2 scopes tutorial: API reference").html();
    page.replacen("<head>", HEAD, 1)
});

pub(super) async fn page(headers: HeaderMap) -> Response {
    cached(&headers, PAGE.len(), || ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE.as_str())))
}
