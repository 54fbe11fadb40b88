use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::{CredentialExtractor, CredentialScheme, requires_scopes};
use scopes_tests::Scope;

#[requires_scopes("items")]
async fn items(_: ClientPassword) {}

struct ClientPassword;

impl CredentialExtractor for ClientPassword {
    const SCHEME: CredentialScheme = CredentialScheme::http("client", "basic");
}

impl<S: Sync> FromRequestParts<S> for ClientPassword {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Err(StatusCode::UNAUTHORIZED)
    }
}

fn main() {
}
