use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::{AccessToken, CredentialExtractor, CredentialScheme, authenticated_by};

struct PartnerKey;

impl CredentialExtractor for PartnerKey {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
}

impl<S: Sync> FromRequestParts<S> for PartnerKey {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Err(StatusCode::UNAUTHORIZED)
    }
}

#[authenticated_by(PartnerKey)]
async fn prices(_: PartnerKey, _: AccessToken) {}

#[authenticated_by(PartnerKey)]
async fn greet(_: PartnerKey, _: Option<AccessToken>) {}

fn main() {}
