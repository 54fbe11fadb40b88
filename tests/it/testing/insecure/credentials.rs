//! Extractors of credentials that check nothing, behind a body that is refused first.

use axum::Json;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode};
use scopes_runtime::router::post;
use scopes_runtime::testing::{ScopeMatrix, TestIssuer};
use scopes_runtime::{
    CredentialExtractor, CredentialScheme, ResourceServer, ScopedRouter, authenticated_by, requires_scopes,
};
use scopes_tests::Scope;
use serde::Deserialize;

use super::failures;

struct PartnerKey;

impl CredentialExtractor for PartnerKey {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
}

impl<S: Sync> FromRequestParts<S> for PartnerKey {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let key = parts.headers.get("X-Api-Key").filter(|key| *key == "valid");
        key.map(|_| Self).ok_or(StatusCode::BAD_REQUEST)
    }
}

/// Accepts every request.
struct Unchecked;

impl CredentialExtractor for Unchecked {
    const SCHEME: CredentialScheme = PartnerKey::SCHEME;
}

impl<S: Sync> FromRequestParts<S> for Unchecked {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self)
    }
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "kind")]
    _kind: String,
}

#[authenticated_by(Unchecked)]
async fn open(_: Unchecked, _: Json<Event>) {}

#[requires_scopes("items")]
async fn open_to_tokens(_: Unchecked, _: Json<Event>) {}

#[authenticated_by(PartnerKey)]
async fn checked(_: PartnerKey, _: Json<Event>) {}

#[requires_scopes("items")]
async fn checked_beside_a_token(_: PartnerKey, _: Json<Event>) {}

fn routes(path: &str, events: scopes_runtime::router::ScopedMethodRouter<ResourceServer>) -> Routes {
    ScopedRouter::new().route(path, events)
}

type Routes = ScopedRouter<ResourceServer>;

#[track_caller]
fn found(routes: impl Fn() -> Routes, change: impl FnOnce(ScopeMatrix) -> ScopeMatrix) -> Vec<String> {
    let issuer = TestIssuer::new();
    let matrix = change(issuer.matrix(&routes()));
    failures(matrix.check(routes().with_state(issuer.resource_server())))
}

fn add_key(request: &mut Request<Bytes>) {
    request.headers_mut().insert("X-Api-Key", HeaderValue::from_static("valid"));
}

fn add_key_and_event(request: &mut Request<Bytes>) {
    add_key(request);
    *request.body_mut() = Bytes::from_static(br#"{ "kind": "paid" }"#);
}

#[test]
fn a_refused_body_does_not_hide_that_credentials_are_not_checked() {
    let events = || routes("/events", post(open));
    assert_eq!(
        found(events, |matrix| matrix),
        ["POST /events no credentials refused 422, which valid credentials may get too: set them with \
          `ScopeMatrix::credentials`"]
    );
    let same = "refused 422, as with valid credentials: send a request that the handler accepts";
    assert_eq!(
        found(events, |matrix| matrix.credentials("partner_key", add_key)),
        [format!("POST /events no credentials {same}")]
    );
    let items = || routes("/items", post(open_to_tokens));
    assert_eq!(
        found(items, |matrix| matrix.credentials("partner_key", add_key)),
        [format!("POST /items a token of `items`, without `partner_key` {same}")]
    );
}

#[test]
fn a_valid_body_shows_whether_credentials_are_checked() {
    let checked = || routes("/events", post(checked)).merge(routes("/items", post(checked_beside_a_token)));
    assert_eq!(found(checked, |matrix| matrix.credentials("partner_key", add_key_and_event)), [""; 0]);
    // 400 without the key, and 422 with it.
    assert_eq!(found(checked, |matrix| matrix.credentials("partner_key", add_key)), [""; 0]);
}
