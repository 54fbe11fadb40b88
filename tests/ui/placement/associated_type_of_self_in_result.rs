use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use scopes_runtime::{AuthError, requires_scopes};
use scopes_tests::Scope;

trait HasUser {
    type User;
}

struct Page<T>(T);

#[requires_scopes("me")]
impl<S: Send + Sync, T: HasUser> FromRequestParts<S> for Page<T>
where
    Self: HasUser,
    <Self as HasUser>::User: FromRequestParts<S, Rejection = AuthError>,
{
    type Rejection = AuthError;

    async fn from_request_parts(
        _: &mut Parts,
        _: &S,
        _user: Result<<Self as HasUser>::User, AuthError>,
    ) -> Result<Self, AuthError> {
        todo!()
    }
}

fn main() {}
