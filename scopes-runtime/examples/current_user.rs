//! Adds an extractor with a requirement of its own, and a state with more than the resource server:
//! `cargo run --example current_user --features testing`.

mod client;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{AccessToken, AuthError, ResourceServer, declare_scopes, requires_scopes};

use crate::client::send;

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
}

struct AppState {
    resource_server: ResourceServer,
    names: HashMap<String, String>,
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.resource_server.clone()
    }
}

/// The user of the token. Each handler that takes it requires `me`.
struct CurrentUser {
    name: String,
}

enum CurrentUserError {
    Auth(AuthError),
    Unknown,
}

impl From<AuthError> for CurrentUserError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl IntoResponse for CurrentUserError {
    fn into_response(self) -> Response {
        match self {
            Self::Auth(error) => error.into_response(),
            Self::Unknown => (StatusCode::NOT_FOUND, "unknown user").into_response(),
        }
    }
}

#[requires_scopes("me")]
impl FromRequestParts<Arc<AppState>> for CurrentUser {
    type Rejection = CurrentUserError;

    async fn from_request_parts(
        _: &mut Parts,
        state: &Arc<AppState>,
        token: AccessToken,
    ) -> Result<Self, CurrentUserError> {
        let name = token.subject().and_then(|subject| state.names.get(subject));
        Ok(Self { name: name.ok_or(CurrentUserError::Unknown)?.clone() })
    }
}

#[requires_scopes]
async fn count_users(State(state): State<Arc<AppState>>) -> String {
    state.names.len().to_string()
}

/// Requires `items`, and `me` through `CurrentUser`.
#[requires_scopes("items")]
async fn read_own_items(user: CurrentUser) -> String {
    format!("the items of {}", user.name)
}

fn app(state: AppState) -> Router {
    let router = ScopedRouter::new()
        .route("/users/count", get(count_users))
        .route("/users/me/items", get(read_own_items))
        .with_state(Arc::new(state));
    Router::from(router)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let issuer = TestIssuer::new();
    let names = HashMap::from([("user-1".to_owned(), "Alice".to_owned())]);
    let app = app(AppState { resource_server: issuer.resource_server(), names });
    let bearer = |subject: &str, scopes: &[&str]| {
        format!("Bearer {}", issuer.token().subject(subject).scopes(scopes).sign())
    };
    let read = async |authorization: String| {
        send(&app, Request::get("/users/me/items").header("authorization", authorization)).await
    };

    let response = read(bearer("user-1", &["items", "me"])).await;
    assert_eq!((response.status(), response.body().as_str()), (StatusCode::OK, "the items of Alice"));

    let response = read(bearer("user-1", &["items"])).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    println!("the challenge names both scopes: {:?}", response.headers()["www-authenticate"]);
    assert_eq!(
        response.headers()["www-authenticate"],
        r#"Bearer realm="api", error="insufficient_scope", scope="items me""#
    );

    let response = read(bearer("user-2", &["items", "me"])).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);

    let request = Request::get("/users/count").header("authorization", bearer("user-2", &[]));
    assert_eq!(send(&app, request).await.body(), "1");
}
