//! Handlers with every kind of argument, attribute and return type.

use axum::extract::{Json, Path, Query, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{get as on_get, post};
use axum::{Extension, Router};
use scopes_runtime::{AccessToken, public, requires_scopes};
use scopes_tests::{Scope, send};
use serde::Deserialize;

use super::{AppState, CurrentUser, Greeter, required, required_to_get, state, text};

#[requires_scopes("me")]
async fn generic<T, const N: usize>(
    State(greeter): State<T>,
    CurrentUser(user): CurrentUser,
) -> impl IntoResponse
where
    T: Greeter,
{
    format!("{} {user} {N}", greeter.greet())
}

#[derive(Deserialize)]
struct Page {
    page: u32,
}

#[requires_scopes("items")]
async fn patterns(
    State(AppState { greeting, .. }): State<AppState>,
    Path((owner, number)): Path<(String, u32)>,
    Query(Page { page }): Query<Page>,
    mut token: AccessToken,
    _: Uri,
) -> Result<String, (StatusCode, &'static str)> {
    token = token.clone();
    Ok(format!("{greeting} {owner} {number} {page} {}", token.scopes()))
}

#[requires_scopes("items:write")]
#[axum::debug_handler(state = AppState)]
#[tracing::instrument(skip_all)]
async fn instrumented(State(state): State<AppState>, Json(numbers): Json<Vec<u32>>) -> impl IntoResponse {
    (StatusCode::CREATED, format!("{} {}", state.greeting, numbers.len()))
}

#[requires_scopes]
async fn no_arguments() -> &'static str {
    "none"
}

#[requires_scopes("items")]
#[allow(clippy::too_many_arguments)]
async fn fifteen(
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: Method,
    _: Uri,
    _: CurrentUser,
    _: Method,
    _: Uri,
    Extension(number): Extension<u8>,
    body: String,
) -> String {
    format!("{number}{body}")
}

/// The guard argument that the attribute adds does not trigger `clippy::too_many_arguments`.
#[requires_scopes("items")]
async fn seven(_: Uri, _: Uri, _: Uri, _: Uri, _: Uri, _: Uri, body: String) -> String {
    body
}

#[public]
#[axum::debug_handler(state = AppState)]
async fn r#type(State(state): State<AppState>, _: Uri) -> &'static str {
    state.greeting
}

/// In each order of the two attributes below, of which `debug_handler` copies the function with the rest.
mod documented {
    use super::*;

    #[requires_scopes("items")]
    #[axum::debug_handler(state = AppState)]
    #[utoipa::path(get, path = "/debug_first")]
    pub(super) async fn debug_first(State(state): State<AppState>) -> &'static str {
        state.greeting
    }

    #[requires_scopes("items")]
    #[utoipa::path(get, path = "/debug_last")]
    #[axum::debug_handler(state = AppState)]
    pub(super) async fn debug_last(State(state): State<AppState>) -> &'static str {
        state.greeting
    }
}

mod shadowed {
    //! Names in scope do not change the meaning of generated code.
    #![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

    use scopes_runtime::requires_scopes;
    use scopes_tests::Scope;

    struct Result;
    struct Option;
    struct Requirement;
    mod core {}
    mod std {}
    mod scopes_runtime_ {}
    const requirement: u8 = 1;
    struct private;

    #[requires_scopes("me", any("items", Scope::ItemsWrite))]
    #[cfg(test)]
    pub(super) async fn handler(#[cfg(any())] _: Missing, #[cfg(test)] _: super::CurrentUser) {}

    #[requires_scopes("me")]
    #[cfg(any())]
    pub(super) async fn handler(_: Missing) {}
}

fn shapes() -> Router<AppState> {
    Router::new()
        .route("/generic", on_get(generic::<AppState, 3>))
        .route("/patterns/{owner}/{number}", on_get(patterns))
        .route("/instrumented", post(instrumented))
        .route("/none", on_get(no_arguments))
        .route("/fifteen", on_get(fifteen))
        .route("/seven", on_get(seven))
        .route("/public", on_get(r#type))
        .route("/debug_first", on_get(documented::debug_first))
        .route("/debug_last", on_get(documented::debug_last))
        .route("/shadowed", on_get(shadowed::handler))
        .layer(Extension(15_u8))
}

#[tokio::test]
async fn handlers_of_every_shape_compile_and_respond() {
    for (path, scopes, expected) in [
        ("/generic", "me", "hello alice 3"),
        ("/debug_first", "items", "hello"),
        ("/debug_last", "items", "hello"),
        ("/patterns/bob/5?page=2", "items x", "hello bob 5 2 items x"),
        ("/none", "x", "none"),
        ("/fifteen", "me items", "15"),
        ("/seven", "items", ""),
        ("/shadowed", "me items", ""),
        ("/public", "x", "hello"),
    ] {
        assert_eq!(text(shapes(), path, scopes).await, expected, "{path}");
    }
    let request = axum::http::Request::post("/instrumented")
        .header("authorization", "Bearer items~write")
        .header("content-type", "application/json")
        .body("[1, 2]".into())
        .expect("a request");
    let answer = send(&shapes().with_state(state()), request).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::CREATED, "hello 2"));
}

#[tokio::test]
async fn handlers_of_every_shape_are_guarded() {
    for (path, scope) in [
        // The requirement of the concrete extractor counts in a generic handler.
        ("/generic", "me"),
        ("/patterns/bob/five", "items"),
        ("/none", ""),
        ("/fifteen", "items me"),
        ("/seven", "items"),
        ("/shadowed", "me items"),
    ] {
        assert_eq!(required_to_get(shapes(), path).await, scope, "{path}");
    }
    let request = axum::http::Request::post("/instrumented").body("nonsense".into()).expect("a request");
    assert_eq!(required(shapes(), request).await, "items:write");
}
