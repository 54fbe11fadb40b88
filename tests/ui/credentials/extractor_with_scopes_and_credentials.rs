use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::{AccessToken, AuthError, CredentialExtractor, CredentialScheme, requires_scopes};
use scopes_tests::Scope;

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

struct Partner;

impl CredentialExtractor for Partner {
    const SCHEME: CredentialScheme = PartnerKey::SCHEME;
}

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for Partner {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, _: AccessToken) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

fn main() {}

// Why: An extractor checks a token or other credentials. Both would be two requirements of one type.
// Fix: write two extractors, and take both.
