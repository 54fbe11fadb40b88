use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::{CredentialExtractor, CredentialScheme, authenticated_by, public};

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
#[public]
async fn prices() {}

#[public]
#[authenticated_by(PartnerKey)]
async fn items(_: PartnerKey) {}

fn main() {}
