/// Allows requests with other credentials than an access token to call a handler: an API key, the signature of a webhook, a
/// refresh token.
///
/// The attribute names the extractor that checks the credentials, a [`CredentialExtractor`](crate::CredentialExtractor), or
/// several, separated by commas. The handler must take each of them, or another one of the same scheme, as an argument, and
/// not inside `Option` or `Result`: the attribute itself checks nothing. An extractor that checks an access token is a compile
/// error. The access report, the lock file and the OpenAPI document show the [schemes](crate::CredentialScheme). The document
/// has no responses for missing credentials, because they are the application's.
/// `scopes-macros/expansions/authenticated_by.rs` in the repository shows the expansion.
///
/// ```
/// use axum::body::Bytes;
/// use axum::extract::{FromRequest, FromRequestParts, Request};
/// use axum::http::StatusCode;
/// use axum::http::request::Parts;
/// use scopes_runtime::{CredentialExtractor, CredentialScheme, authenticated_by};
/// # fn is_partner(key: &[u8]) -> bool { key == b"secret" }
/// # fn is_signature_of(signature: &[u8], body: &[u8]) -> bool { signature == body }
///
/// /// The key of a partner.
/// struct PartnerKey;
///
/// impl CredentialExtractor for PartnerKey {
///     const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
/// }
///
/// impl<S: Sync> FromRequestParts<S> for PartnerKey {
///     type Rejection = StatusCode;
///
///     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
///         let key = parts.headers.get("X-Api-Key").ok_or(StatusCode::UNAUTHORIZED)?;
///         if is_partner(key.as_bytes()) { Ok(Self) } else { Err(StatusCode::UNAUTHORIZED) }
///     }
/// }
///
/// /// The body of a webhook whose signature is valid.
/// struct SignedEvent(Bytes);
///
/// impl CredentialExtractor for SignedEvent {
///     const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("webhook_signature", "X-Signature");
/// }
///
/// impl<S: Send + Sync> FromRequest<S> for SignedEvent {
///     type Rejection = StatusCode;
///
///     async fn from_request(request: Request, state: &S) -> Result<Self, StatusCode> {
///         let signature = request.headers().get("X-Signature").cloned().ok_or(StatusCode::UNAUTHORIZED)?;
///         let body = Bytes::from_request(request, state).await.map_err(|_| StatusCode::BAD_REQUEST)?;
///         if is_signature_of(signature.as_bytes(), &body) { Ok(Self(body)) } else { Err(StatusCode::UNAUTHORIZED) }
///     }
/// }
///
/// #[authenticated_by(PartnerKey)]
/// async fn read_prices(_: PartnerKey) {}
///
/// #[authenticated_by(SignedEvent)]
/// async fn receive(SignedEvent(event): SignedEvent) {
///     # drop(event);
/// }
/// # fn main() {}
/// ```
///
/// A handler with [`#[requires_scopes]`](macro@crate::requires_scopes) that takes such an extractor requires an access token
/// and the credentials:
///
/// ```
/// # use axum::extract::FromRequestParts;
/// # use axum::http::{StatusCode, request::Parts};
/// # use scopes_runtime::{CredentialExtractor, CredentialScheme, requires_scopes};
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
/// # struct PartnerKey;
/// # impl CredentialExtractor for PartnerKey {
/// #     const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
/// # }
/// # impl<S: Sync> FromRequestParts<S> for PartnerKey {
/// #     type Rejection = StatusCode;
/// #     async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> { Ok(Self) }
/// # }
/// #[requires_scopes("items")]
/// async fn read_items(_: PartnerKey) {}
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::authenticated_by;
