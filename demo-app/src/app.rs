//! The application: the API and its documentation.

use axum::Router;
use tower_http::normalize_path::NormalizePath;

use crate::{docs, routes::routes, serve::request_limits::limit_and_log, state::AppState};

/// Builds the application. A path matches with and without a slash at its end.
pub fn app(state: AppState) -> Router {
    let docs = docs::router(&state);
    let api = Router::from(routes(&state.tokens().issuer));
    // A router's own layers run after it has matched the path, so the slash is removed around the router.
    let api = NormalizePath::trim_trailing_slash(api.with_state(state));
    limit_and_log(Router::new().merge(docs).fallback_service(api))
}
