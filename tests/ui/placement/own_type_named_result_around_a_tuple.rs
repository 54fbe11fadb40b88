use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use scopes_runtime::{AuthError, declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Read items.
    Items = "items",
    /// Everything.
    Admin = "admin",
}

mod own {
    pub struct Result<T>(pub T);
}

#[requires_scopes("admin")]
impl<S: Send + Sync, T: Default> FromRequestParts<S> for own::Result<T> {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self(T::default()))
    }
}

#[requires_scopes("items")]
async fn around(_: Result<own::Result<(u8, u8)>, AuthError>) {}

#[requires_scopes("items")]
async fn inside(_: Result<(own::Result<u8>, HeaderMap), axum::response::Response>) {}

#[requires_scopes("items")]
async fn standard(_: Result<(Option<HeaderMap>, HeaderMap), axum::response::Response>) {}

fn main() {}

// Fix: give a type of yours another name than `Option` and `Result`.
