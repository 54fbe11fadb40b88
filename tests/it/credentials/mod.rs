//! Handlers that require other credentials than an access token, or beside one.

mod described;
mod documents;
mod matrix;
mod requests;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::router::{get, post};
use scopes_runtime::{
    AccessToken, AuthError, CredentialExtractor, CredentialScheme, ResourceServer, ScopedExtractor,
    ScopedRouter, authenticated_by, public, requires_scopes,
};
use scopes_tests::Scope;

/// The key of a partner.
pub(crate) struct PartnerKey;

impl CredentialExtractor for PartnerKey {
    const SCHEME: CredentialScheme =
        CredentialScheme::api_key_in_header("partner_key", "X-Api-Key").description("From the portal.");
}

impl<S: Sync> FromRequestParts<S> for PartnerKey {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let key = parts.headers.get("X-Api-Key").ok_or(StatusCode::UNAUTHORIZED)?;
        if key == "valid" { Ok(Self) } else { Err(StatusCode::UNAUTHORIZED) }
    }
}

/// The body of a request that has its checksum as the signature.
struct SignedEvent(Bytes);

impl CredentialExtractor for SignedEvent {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("signature", "X-Signature");
}

impl<S: Send + Sync> FromRequest<S> for SignedEvent {
    type Rejection = StatusCode;

    async fn from_request(request: Request, state: &S) -> Result<Self, StatusCode> {
        let signature = request.headers().get("X-Signature").cloned().ok_or(StatusCode::UNAUTHORIZED)?;
        let body = Bytes::from_request(request, state).await.map_err(|_| StatusCode::BAD_REQUEST)?;
        if signature == signed(&body) { Ok(Self(body)) } else { Err(StatusCode::FORBIDDEN) }
    }
}

fn signed(body: &[u8]) -> String {
    body.iter().map(|&byte| u32::from(byte)).sum::<u32>().to_string()
}

/// A user of a partner: an extractor with scopes that takes one of credentials.
struct PartnerUser(String);

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for PartnerUser {
    type Rejection = Refusal;

    async fn from_request_parts(
        _: &mut Parts,
        _: &S,
        token: AccessToken,
        _: PartnerKey,
    ) -> Result<Self, Refusal> {
        Ok(Self(token.subject().unwrap_or_default().to_owned()))
    }
}

enum Refusal {
    Token(AuthError),
    Key(StatusCode),
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self::Token(error)
    }
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        Self::Key(status)
    }
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        match self {
            Self::Token(error) => error.into_response(),
            Self::Key(status) => status.into_response(),
        }
    }
}

#[derive(FromRequestParts, ScopedExtractor)]
struct Listing {
    _key: PartnerKey,
}

/// Returns the prices.
#[authenticated_by(PartnerKey)]
async fn prices(_: PartnerKey) -> &'static str {
    "prices"
}

#[authenticated_by(PartnerKey, SignedEvent)]
async fn event(_: PartnerKey, SignedEvent(body): SignedEvent) -> Bytes {
    body
}

#[authenticated_by(PartnerKey)]
async fn listing(_: (Listing,)) {}

#[requires_scopes(any("items", "me"))]
async fn items(_: PartnerKey) -> &'static str {
    "items"
}

#[requires_scopes]
async fn user(PartnerUser(name): PartnerUser) -> String {
    name
}

#[public]
async fn health() {}

/// A handler that serves partners and others.
#[public]
async fn greet(key: Option<OptionalKey>) -> &'static str {
    if key.is_some() { "hello, partner" } else { "hello" }
}

/// Credentials that a public handler can do without.
struct OptionalKey;

impl CredentialExtractor for OptionalKey {
    const SCHEME: CredentialScheme = PartnerKey::SCHEME;
}

impl<S: Sync> axum::extract::OptionalFromRequestParts<S> for OptionalKey {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Option<Self>, std::convert::Infallible> {
        Ok(PartnerKey::from_request_parts(parts, state).await.ok().map(|_| Self))
    }
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/prices", get(prices))
        .route("/events/{id}", post(event))
        .route("/listing", get(listing))
        .route("/items", get(items))
        .route("/user", get(user))
        .route("/health", get(health))
        .route("/greeting", get(greet))
}
