//! A handler with a misspelt scope, to show the error that the compiler gives.

use axum::Json;
use scopes_runtime::requires_scopes;

use crate::{current_user::CurrentUser, scopes::Scope, store::User};

/// Requires `itmes`, which no token can hold because nothing declares it.
#[requires_scopes("itmes")]
pub(crate) async fn read_own_items(CurrentUser(user): CurrentUser) -> Json<User> {
    Json(user)
}
