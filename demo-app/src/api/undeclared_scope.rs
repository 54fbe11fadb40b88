//! A handler with a misspelt scope, which does not compile: it shows the compiler's error.

use axum::Json;
use scopes_runtime::requires_scopes;

use crate::{api::current_user::CurrentUser, api::scopes::Scope, store::database::User};

/// Requires `itmes`, a scope that the vocabulary does not declare.
#[requires_scopes("itmes")]
pub(crate) async fn read_own_items(CurrentUser(user): CurrentUser) -> Json<User> {
    Json(user)
}
