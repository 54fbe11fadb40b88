//! The documentation pages and the OpenAPI document.

mod files;
mod reference;

use std::sync::{Arc, LazyLock};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{FromRef, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, Vocabulary, report::Report};
use tower_http::compression::CompressionLayer;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, oauth, serve};

use self::files::{DOCUMENT, cached};
use crate::{api::scopes::Scope, routes::routes, state::AppState, token_issuer::TokenIssuer};

/// Swagger UI's page, for narrow screens too, and with the title of the API.
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OAuth2 scopes tutorial: API documentation</title>
<link rel="stylesheet" href="swagger-ui.css">
<link rel="stylesheet" href="index.css">
<link rel="icon" type="image/png" href="favicon-32x32.png" sizes="32x32">
<style>
@media (max-width: 600px) {
    .swagger-ui .info table code { word-break: break-word; }
    .swagger-ui .opblock-summary-control { flex-wrap: nowrap; min-width: 0; }
    .swagger-ui .opblock-summary-path-description-wrapper { min-width: 0; }
    .swagger-ui .opblock-summary-path { max-width: 100%; word-break: break-word; }
    .swagger-ui .responses-inner { padding: 8px; }
    .swagger-ui .response-col_links { display: none; }
    .swagger-ui .wrapper { padding: 0 8px; }
    .swagger-ui .info { margin: 16px 0; }
    .swagger-ui .markdown table { display: block; overflow-x: auto; }
    .swagger-ui .markdown td { padding-right: 8px; }
    .swagger-ui .topbar { display: none; }
    .swagger-ui .dialog-ux .modal-ux { min-width: 0; width: 95vw; }
}
</style>
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="swagger-ui-standalone-preset.js"></script>
<script src="swagger-initializer.js"></script>
</body>
</html>
"#;

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let log_in = oauth::Config::new().use_pkce_with_authorization_code_grant(true);
    Arc::new(Config::with_oauth_config([DOCUMENT], log_in))
});

/// The state of the page: what each request for the document needs, built once.
#[derive(Clone)]
struct Docs {
    resource_server: ResourceServer,
    routes: Arc<ScopedRouter<AppState>>,
    report: Arc<Report>,
    /// The whole document, in JSON.
    whole: Bytes,
}

impl FromRef<Docs> for ResourceServer {
    fn from_ref(docs: &Docs) -> Self {
        docs.resource_server.clone()
    }
}

/// Builds the routes of the page and the document.
pub(crate) fn router(state: &AppState) -> Router {
    let issuer = &state.tokens().issuer;
    let routes = routes(issuer);
    let docs = Docs {
        resource_server: ResourceServer::from_ref(state),
        report: Arc::new(routes.report()),
        routes: Arc::new(routes),
        whole: openapi(issuer).to_json().expect("a document is JSON").into(),
    };
    Router::new()
        .route(DOCUMENT, get(document))
        .route("/docs", get(async || Redirect::to("/docs/")))
        .route("/docs/", get(async || Html(PAGE)))
        .route("/docs/reference", get(reference::page))
        .route("/docs/{*file}", get(file))
        .layer(CompressionLayer::new())
        .with_state(docs)
}

/// Returns the whole document, or the operations that the token of the request may call.
async fn document(State(docs): State<Docs>, token: Option<AccessToken>) -> Response {
    let vary = (header::VARY, "Authorization");
    match token {
        Some(token) => {
            let document = with_scope_table(docs.routes.openapi_for(token.scopes()), &docs.report);
            ([vary, (header::CACHE_CONTROL, "private, no-store")], Json(document)).into_response()
        }
        None => {
            let headers =
                [vary, (header::CACHE_CONTROL, "no-cache"), (header::CONTENT_TYPE, "application/json")];
            (headers, docs.whole).into_response()
        }
    }
}

/// Returns a file of Swagger UI.
async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Ok(Some(file)) = serve(&name, Arc::clone(&CONFIG)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    cached(&headers, file.bytes.len(), || {
        ([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned())
    })
}

/// Returns the OpenAPI document that `/openapi.json` serves.
pub fn openapi(issuer: &TokenIssuer) -> OpenApi {
    let routes = routes(issuer);
    let report = routes.report();
    with_scope_table(routes.split_for_parts().1, &report)
}

/// Adds a description with the scopes, and the operations that require each.
fn with_scope_table(mut document: OpenApi, report: &Report) -> OpenApi {
    let mut text = "The OAuth2 scopes tutorial of FastAPI as an axum application.\n\n\
                    | Scope | Allows | Required by |\n| --- | --- | --- |\n"
        .to_owned();
    for scope in Scope::DECLARED {
        let requires = |operation: &scopes_runtime::report::ReportedOperation<'_>| {
            operation.alternatives().iter().flatten().any(|required| required.name() == scope.name())
        };
        let operations: Vec<_> = report
            .operations()
            .filter(requires)
            .map(|operation| format!("`{} {}`", operation.method(), operation.path()))
            .collect();
        let implied: Vec<_> = scope.implies().iter().map(|name| format!(" Includes `{name}`.")).collect();
        text.push_str(&format!(
            "| `{}` | {}{} | {} |\n",
            scope.name(),
            scope.description(),
            implied.concat(),
            operations.join(", ")
        ));
    }
    document.info.description = Some(text);
    document
}
