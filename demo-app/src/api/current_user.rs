//! The user of the access token.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use scopes_runtime::{AccessToken, requires_scopes};
use serde::Deserialize;

use crate::{
    api::scopes::Scope,
    error::ApiError,
    store::database::{Database, User},
    token_issuer::TokenIssuer,
};

/// Extracts the user of the access token. A handler that takes it requires the scope `me`.
pub(crate) struct CurrentUser(pub(crate) User);

#[requires_scopes("me")]
impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    Database: FromRef<S>,
    TokenIssuer: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(
        _parts: &mut Parts,
        state: &S,
        token: AccessToken,
    ) -> Result<Self, Self::Rejection> {
        let username = token.subject().ok_or_else(|| token.refuse())?;
        let database = Database::from_ref(state);
        let user = match (database.user(username).await?, TokenIssuer::from_ref(state)) {
            (None, TokenIssuer::External(_)) => {
                database.get_or_create_user(&user_from_claims(username, &token)).await?
            }
            (user, _) => user,
        };
        let user = user.ok_or_else(|| token.refuse())?;
        if user.disabled {
            return Err(ApiError::InactiveUser);
        }
        Ok(Self(user))
    }
}

/// Optional claims about the user (OpenID Connect Core section 5.1).
#[derive(Default, Deserialize)]
struct ProfileClaims {
    email: Option<String>,
    name: Option<String>,
}

/// Builds a user from the token's claims. Absent claims give empty fields; a claim of the wrong type empties both.
fn user_from_claims(username: &str, token: &AccessToken) -> User {
    let ProfileClaims { email, name } = token.claims().unwrap_or_default();
    // PostgreSQL does not store U+0000.
    let text = |claim: Option<String>| claim.unwrap_or_default().replace('\0', "");
    User { username: username.to_owned(), email: text(email), full_name: text(name), disabled: false }
}
