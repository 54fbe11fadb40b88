//! The operations of the tutorial.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use scopes_runtime::{Granted, public, requires_scopes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        current_user::CurrentUser,
        scopes::{Scope, scope},
    },
    error::{ApiError, Problem},
    store::database::{Database, Item, User},
    token_issuer::TokenIssuer,
};

const MAX_ITEM_ID_CHARS: usize = 64;

/// Lists the operations and the scopes that they require.
#[public(reason = "general information")]
#[utoipa::path(get, path = "/", responses((status = 200, description = "The operations and their scopes.", body = String)))]
pub(crate) async fn welcome(State(issuer): State<TokenIssuer>) -> String {
    let log_in = match issuer {
        TokenIssuer::External(issuer) => format!("Access tokens are issued by {issuer}"),
        TokenIssuer::Secret | TokenIssuer::Key => "\
POST /token             log in (form: grant_type=password, username, password, scope)"
            .to_owned(),
    };
    format!(
        "\
FastAPI's OAuth2 scopes tutorial as an axum application. Documentation: /docs/, on one page: /docs/reference

{log_in}
GET  /users/me/         the current user     me
GET  /users/me/items/   their items          me items
POST /users/me/items/   add an item          me items:write
POST /users/{{username}}/items/
                        add one for a user   me users:{{username}}:items
GET  /status/           system status        any token
"
    )
}

/// Returns the current user.
#[requires_scopes]
#[utoipa::path(
    get,
    path = "/users/me",
    responses(
        (status = 200, description = "The current user.", body = User),
        (status = 400, description = "The account is disabled.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn read_own_user(CurrentUser(user): CurrentUser) -> Json<User> {
    Json(user)
}

/// Lists the items of the current user.
#[requires_scopes("items")]
#[utoipa::path(
    get,
    path = "/users/me/items",
    responses(
        (status = 200, description = "The items.", body = [Item]),
        (status = 400, description = "The account is disabled.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn read_own_items(
    CurrentUser(user): CurrentUser,
    State(database): State<Database>,
) -> Result<Json<Vec<Item>>, ApiError> {
    Ok(Json(database.items(&user.username).await?))
}

/// A request to add an item.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewItem {
    #[schema(min_length = 1, max_length = 64, example = "Bar")]
    item_id: String,
}

/// Adds an item for the current user.
#[requires_scopes]
#[utoipa::path(
    post,
    path = "/users/me/items",
    request_body = NewItem,
    responses(
        (status = 201, description = "The new item.", body = Item),
        (status = 400, description = "The body is not JSON, or the account is disabled.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The current user already has an item with this `item_id`.", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is longer than 16 KiB.", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The content type is not `application/json`.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body is not such an object, or the `item_id` has a forbidden length or character.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create_own_item(
    grant: Granted<scope::ItemsWrite>,
    CurrentUser(user): CurrentUser,
    State(database): State<Database>,
    body: Result<Json<NewItem>, JsonRejection>,
) -> Result<(StatusCode, Json<Item>), ApiError> {
    let item = Item { item_id: item_id(body)?, owner: user.username };
    created(database.add_own_item(grant, &item).await?, item)
}

/// Adds an item for a user.
#[requires_scopes]
#[utoipa::path(
    post,
    path = "/users/{username}/items",
    params(("username" = String, Path, description = "The owner of the item.")),
    request_body = NewItem,
    responses(
        (status = 201, description = "The new item.", body = Item),
        (status = 400, description = "The body is not JSON, or the account of the token's user is disabled.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No user has this name.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The user already has an item with this `item_id`.", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is longer than 16 KiB.", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The content type is not `application/json`.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body is not such an object, or the `item_id` has a forbidden length or character.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create_item(
    grant: Granted<scope::UserItems>,
    _: CurrentUser,
    State(database): State<Database>,
    body: Result<Json<NewItem>, JsonRejection>,
) -> Result<(StatusCode, Json<Item>), ApiError> {
    let item_id = item_id(body)?;
    let Some(owner) = database.user(&grant.username).await? else {
        return Err(ApiError::UnknownUser(grant.username.to_string()));
    };
    let item = Item { item_id, owner: owner.username };
    created(database.add_item(grant, &item.item_id).await?, item)
}

/// Returns the id of a new item.
fn item_id(body: Result<Json<NewItem>, JsonRejection>) -> Result<String, ApiError> {
    let Json(NewItem { item_id }) = body?;
    let length = item_id.chars().count();
    if length == 0 || length > MAX_ITEM_ID_CHARS {
        return Err(ApiError::ItemIdLength { length, max: MAX_ITEM_ID_CHARS });
    }
    if item_id.contains('\0') {
        return Err(ApiError::ItemIdNul);
    }
    Ok(item_id)
}

/// Returns the response for a new item, or the error if the owner had one with its id.
fn created(is_new: bool, item: Item) -> Result<(StatusCode, Json<Item>), ApiError> {
    if is_new { Ok((StatusCode::CREATED, Json(item))) } else { Err(ApiError::DuplicateItem(item.item_id)) }
}

/// The state of the system.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    status: &'static str,
}

/// Returns the system status. Any valid token is accepted.
#[requires_scopes]
#[utoipa::path(get, path = "/status", responses((status = 200, description = "The system works.", body = Status)))]
pub(crate) async fn read_system_status() -> Json<Status> {
    Json(Status { status: "ok" })
}
