//! The user behind a token.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use scopes_runtime::{AccessToken, requires_scopes};

use crate::{
    error::ApiError,
    scopes::Scope,
    store::{Database, User},
};

/// The user that the token speaks for. Whoever asks for it requires the scope `me`.
pub(crate) struct CurrentUser(pub(crate) User);

#[requires_scopes("me")]
impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    Database: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(
        _parts: &mut Parts,
        state: &S,
        token: AccessToken,
    ) -> Result<Self, Self::Rejection> {
        let username = token.subject().ok_or_else(|| token.refuse())?;
        let user = Database::from_ref(state).user(username).await?.ok_or_else(|| token.refuse())?;
        if user.disabled {
            return Err(ApiError::InactiveUser);
        }
        Ok(Self(user))
    }
}
