//! The operations of the API.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use scopes_runtime::{public, requires_scopes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    current_user::CurrentUser,
    error::ApiError,
    scopes::Scope,
    store::{Database, Item, User},
    tokens::{TokenIssuer, Tokens},
};

pub(crate) const MAX_ITEM_ID_CHARS: usize = 64;

/// What there is, for whoever opens the address in a browser.
#[public(reason = "it says no more than the README")]
#[utoipa::path(get, path = "/", responses((status = 200, description = "What there is.", body = String)))]
pub(crate) async fn welcome(State(tokens): State<Tokens>) -> String {
    let log_in = match tokens.issuer {
        TokenIssuer::External(url) => format!("Access tokens are those of {url}"),
        TokenIssuer::Secret | TokenIssuer::Key => "\
POST /token             log in, with a form of grant_type=password, username, password and scope"
            .to_owned(),
    };
    format!(
        "\
FastAPI's OAuth2 scopes tutorial as an axum application.

{log_in}
GET  /users/me/         who you are          me
GET  /users/me/items/   your items           me items
POST /users/me/items/   a new item           me items:write
GET  /status/           whether this works   any token
"
    )
}

/// The current user.
#[requires_scopes]
#[utoipa::path(get, path = "/users/me", responses((status = 200, description = "The current user.", body = User)))]
pub(crate) async fn read_own_user(CurrentUser(user): CurrentUser) -> Json<User> {
    Json(user)
}

/// The items of the current user.
#[requires_scopes("items")]
#[utoipa::path(get, path = "/users/me/items", responses((status = 200, description = "The items.", body = [Item])))]
pub(crate) async fn read_own_items(
    CurrentUser(user): CurrentUser,
    State(database): State<Database>,
) -> Result<Json<Vec<Item>>, ApiError> {
    Ok(Json(database.items(&user.username).await?))
}

/// What a client sends for a new item.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewItem {
    item_id: String,
}

/// Adds an item to those of the current user.
#[requires_scopes("items:write")]
#[utoipa::path(
    post,
    path = "/users/me/items",
    request_body = NewItem,
    responses(
        (status = 201, description = "The new item.", body = Item),
        (status = 409, description = "The user has an item of that name."),
    ),
)]
pub(crate) async fn create_own_item(
    CurrentUser(user): CurrentUser,
    State(database): State<Database>,
    body: Result<Json<NewItem>, JsonRejection>,
) -> Result<(StatusCode, Json<Item>), ApiError> {
    let Json(NewItem { item_id }) = body?;
    let length = item_id.chars().count();
    if length == 0 || length > MAX_ITEM_ID_CHARS {
        return Err(ApiError::ItemIdLength(length));
    }
    if item_id.contains('\0') {
        return Err(ApiError::ItemIdNul);
    }
    let item = Item { item_id, owner: user.username };
    if !database.add_item(&item).await? {
        return Err(ApiError::DuplicateItem(item.item_id));
    }
    Ok((StatusCode::CREATED, Json(item)))
}

/// The state of the system.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    status: &'static str,
}

/// Whether the system works. Any valid token may ask.
#[requires_scopes]
#[utoipa::path(get, path = "/status", responses((status = 200, description = "It works.", body = Status)))]
pub(crate) async fn read_system_status() -> Json<Status> {
    Json(Status { status: "ok" })
}

/// No route has the path.
#[public(reason = "there is nothing to protect")]
pub(crate) async fn not_found() -> ApiError {
    ApiError::NotFound
}

/// The path has routes, for other methods.
#[public(reason = "there is nothing to protect")]
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::MethodNotAllowed
}
