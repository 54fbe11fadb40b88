//! The scope matrix of operations with credentials.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::Router;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode};
use scopes_runtime::router::{any, get, post};
use scopes_runtime::testing::{ScopeMatrix, TestIssuer};
use scopes_runtime::{
    AccessToken, AuthError, CredentialExtractor, CredentialScheme, ResourceServer, ScopedRouter,
    authenticated_by, requires_scopes,
};
use scopes_tests::Scope;

use super::{PartnerKey, SignedEvent, event, items, prices, router, signed};

fn add_key(request: &mut Request<Bytes>) {
    request.headers_mut().insert("X-Api-Key", HeaderValue::from_static("valid"));
}

fn add_signature(request: &mut Request<Bytes>) {
    let signature = HeaderValue::try_from(signed(request.body())).expect("a number");
    request.headers_mut().insert("X-Signature", signature);
}

/// Returns the message of a failing check.
fn failure<T>(check: impl Future<Output = T>) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let panic = catch_unwind(AssertUnwindSafe(|| runtime.block_on(check))).err()?;
    Some(panic.downcast_ref::<String>().expect("a formatted message").clone())
}

/// Returns the rows of the table, with one space between columns.
fn failures(
    routes: ScopedRouter<ResourceServer>,
    change: impl FnOnce(ScopeMatrix) -> ScopeMatrix,
) -> Vec<String> {
    let issuer = TestIssuer::new();
    let matrix = change(issuer.matrix(&routes));
    let message = failure(matrix.check(routes.with_state(issuer.resource_server()))).unwrap_or_default();
    message.lines().skip(3).map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn correct_applications_pass() {
    let issuer = TestIssuer::new();
    let routes = || router().route("/any", any(prices));
    let matrix =
        issuer.matrix(&routes()).credentials("partner_key", add_key).credentials("signature", add_signature);
    let app = Router::from(routes().with_state(issuer.resource_server()));
    matrix.check(app.clone()).await;
    matrix.check_attacks(app).await;
}

#[tokio::test]
async fn a_dry_run_checks_the_tokens_alone() {
    let issuer = TestIssuer::new();
    let routes = || router().route("/any", any(prices)).fallback(prices);
    let app = Router::from(routes().with_state(issuer.resource_server()));
    issuer.matrix(&routes()).dry_run().check(app.clone()).await;
    issuer.matrix(&routes()).dry_run().check_attacks(app).await;
}

#[tokio::test]
async fn authenticated_operations_without_valid_credentials_are_listed() {
    let issuer = TestIssuer::new();
    let routes = || ScopedRouter::new().route("/prices", get(prices)).route("/events/{id}", post(event));
    let app = || routes().with_state(issuer.resource_server());
    let outcome = issuer.matrix(&routes()).credentials("partner_key", add_key).check(app()).await;
    assert!(outcome.operations_without_credentials().eq(["POST /events/{id}"]), "{outcome}");
    assert_eq!(
        outcome.to_string(),
        "OPERATION          NOT TESTED\n\
         POST /events/{id}  valid credentials: `ScopeMatrix::credentials` sets them"
    );
    let matrix =
        issuer.matrix(&routes()).credentials("partner_key", add_key).credentials("signature", add_signature);
    let outcome = matrix.check(app()).await;
    assert!(outcome.is_complete(), "{outcome}");
}

#[test]
fn scoped_operations_with_credentials_need_valid_ones() {
    let issuer = TestIssuer::new();
    let matrix = issuer.matrix(&router());
    let message = failure(matrix.check(router().with_state(issuer.resource_server()))).expect("a failure");
    let sentence = "`GET /items` requires credentials of `partner_key` beside a token; call \
                    `ScopeMatrix::credentials(\"partner_key\", …)`, which adds valid ones to the requests (";
    assert!(message.starts_with(sentence), "{message}");
}

#[test]
fn credentials_of_no_operation_are_a_panic() {
    let issuer = TestIssuer::new();
    let routes = ScopedRouter::new().route("/prices", get(prices));
    let matrix = issuer.matrix(&routes).credentials("partnerkey", add_key);
    let message = failure(matrix.check(routes.with_state(issuer.resource_server()))).expect("a failure");
    let sentence = "`ScopeMatrix::credentials` was called for `partnerkey`, which is the scheme of no operation; the access \
                    report lists the schemes (";
    assert!(message.starts_with(sentence), "{message}");
}

#[test]
fn valid_credentials_that_are_refused_are_found() {
    let routes = ScopedRouter::new().route("/prices", get(prices)).route("/items", get(items));
    let of_application = "401, from the application: set what it accepts with `ScopeMatrix::token` and `ScopeMatrix::credentials`";
    let found = failures(routes, |matrix| matrix.credentials("partner_key", |_| {}));
    assert_eq!(
        found,
        [
            format!("GET /items a token of `items` accepted {of_application}"),
            format!("GET /items a token of `me` accepted {of_application}"),
            format!("GET /prices valid credentials accepted {of_application}"),
        ]
    );
}

/// An extractor that accepts everything.
struct Nothing;

impl CredentialExtractor for Nothing {
    const SCHEME: CredentialScheme = PartnerKey::SCHEME;
}

impl<S: Sync> FromRequestParts<S> for Nothing {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self)
    }
}

#[authenticated_by(Nothing)]
async fn open(_: Nothing) {}

#[requires_scopes("items")]
async fn open_to_tokens(_: Nothing) {}

#[authenticated_by(SignedEvent, Nothing)]
async fn half_open(_: Nothing, _: SignedEvent) {}

#[test]
fn an_extractor_that_accepts_everything_is_found() {
    let routes = ScopedRouter::new()
        .route("/open", get(open))
        .route("/open/to-tokens", get(open_to_tokens))
        .route("/half", post(half_open));
    let found = failures(routes, |matrix| {
        matrix.credentials("partner_key", add_key).credentials("signature", add_signature)
    });
    assert_eq!(
        found,
        [
            "POST /half all credentials but `partner_key` refused 200",
            "GET /open no credentials refused 200",
            "GET /open/to-tokens a token of `items`, without `partner_key` refused 200",
        ]
    );
}

/// An extractor that accepts any key.
struct AnyKey;

impl CredentialExtractor for AnyKey {
    const SCHEME: CredentialScheme = PartnerKey::SCHEME;
}

impl<S: Sync> FromRequestParts<S> for AnyKey {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.headers.get("X-Api-Key").map(|_| Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[authenticated_by(AnyKey)]
async fn open_to_keys(_: AnyKey) {}

#[requires_scopes("items")]
async fn open_to_tokens_with_keys(_: AnyKey) {}

#[authenticated_by(SignedEvent, AnyKey)]
async fn signed_with_any_key(_: AnyKey, _: SignedEvent) {}

#[test]
fn an_extractor_that_accepts_garbage_is_found() {
    let routes = ScopedRouter::new()
        .route("/open", get(open_to_keys))
        .route("/open/to-tokens", get(open_to_tokens_with_keys))
        .route("/signed", post(signed_with_any_key));
    let found = failures(routes, |matrix| {
        matrix.credentials("partner_key", add_key).credentials("signature", add_signature)
    });
    assert_eq!(
        found,
        [
            "GET /open garbage as `partner_key` refused 200",
            "GET /open/to-tokens a token of `items`, garbage as `partner_key` refused 200",
            "POST /signed garbage as `partner_key` refused 200",
        ]
    );
}

/// Extractors that accept anything in another place than a header.
struct AnyQuery;
struct AnyCookie;
struct AnyDevice;
struct AnyAuthorization;

impl CredentialExtractor for AnyQuery {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_query("query_key", "api key");
}

impl CredentialExtractor for AnyCookie {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_cookie("session", "session");
}

impl CredentialExtractor for AnyDevice {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_cookie("device", "device");
}

impl CredentialExtractor for AnyAuthorization {
    const SCHEME: CredentialScheme = CredentialScheme::http("password", "basic");
}

impl<S: Sync> FromRequestParts<S> for AnyQuery {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let query = parts.uri.query().filter(|query| query.starts_with("api%20key="));
        query.map(|_| Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

fn has_cookie(parts: &Parts, name: &str) -> bool {
    let cookies = parts.headers.get("cookie").and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    cookies.split("; ").any(|cookie| cookie.split('=').next() == Some(name))
}

impl<S: Sync> FromRequestParts<S> for AnyCookie {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        if has_cookie(parts, "session") { Ok(Self) } else { Err(StatusCode::UNAUTHORIZED) }
    }
}

impl<S: Sync> FromRequestParts<S> for AnyDevice {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        if has_cookie(parts, "device") { Ok(Self) } else { Err(StatusCode::UNAUTHORIZED) }
    }
}

impl<S: Sync> FromRequestParts<S> for AnyAuthorization {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let line = parts.headers.get("authorization").filter(|line| line.as_bytes().starts_with(b"basic "));
        line.map(|_| Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[authenticated_by(AnyQuery)]
async fn open_to_queries(_: AnyQuery) {}

#[authenticated_by(AnyCookie)]
async fn open_to_cookies(_: AnyCookie) {}

#[authenticated_by(AnyCookie, AnyDevice)]
async fn open_to_pairs(_: AnyCookie, _: AnyDevice) {}

#[authenticated_by(AnyAuthorization)]
async fn open_to_passwords(_: AnyAuthorization) {}

#[test]
fn garbage_is_sent_where_the_credentials_belong() {
    let routes = || {
        ScopedRouter::new()
            .route("/cookies", get(open_to_cookies))
            .route("/passwords", get(open_to_passwords))
            .route("/queries", get(open_to_queries))
    };
    assert_eq!(
        failures(routes(), |matrix| matrix),
        [
            "GET /cookies garbage as `session` refused 200",
            "GET /passwords garbage as `password` refused 200",
            "GET /queries garbage as `query_key` refused 200",
        ]
    );
}

#[test]
fn garbage_replaces_one_of_several_cookies() {
    let add = |request: &mut Request<Bytes>, cookie: &str| {
        let cookies = request.headers().get("cookie").map(|cookies| cookies.to_str().expect("visible"));
        let cookies = cookies.into_iter().chain([cookie]).collect::<Vec<_>>().join("; ");
        request.headers_mut().insert("cookie", HeaderValue::try_from(cookies).expect("cookies"));
    };
    let found = failures(ScopedRouter::new().route("/pairs", get(open_to_pairs)), |matrix| {
        let matrix = matrix.credentials("session", move |request| add(request, "session=1"));
        matrix.credentials("device", move |request| add(request, "device=2"))
    });
    assert_eq!(
        found,
        ["GET /pairs garbage as `session` refused 200", "GET /pairs garbage as `device` refused 200"]
    );
}

/// An extractor that also accepts a token.
struct KeyOrToken;

impl CredentialExtractor for KeyOrToken {
    const SCHEME: CredentialScheme = PartnerKey::SCHEME;
}

impl<S: Send + Sync> FromRequestParts<S> for KeyOrToken
where
    AccessToken: FromRequestParts<S, Rejection = AuthError>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        if AccessToken::from_request_parts(parts, state).await.is_ok() {
            return Ok(Self);
        }
        PartnerKey::from_request_parts(parts, state).await.map(|_| Self)
    }
}

#[authenticated_by(KeyOrToken)]
async fn key_or_token(_: KeyOrToken) {}

#[test]
fn an_extractor_that_also_accepts_a_token_is_found() {
    let routes = ScopedRouter::new().route("/prices", get(key_or_token)).vocabulary::<Scope>();
    let found = failures(routes, |matrix| matrix);
    assert_eq!(found, ["GET /prices a token of known scopes refused 200"]);
}

/// An extractor that fails without a key.
struct Failing;

impl CredentialExtractor for Failing {
    const SCHEME: CredentialScheme = PartnerKey::SCHEME;
}

impl<S: Sync> FromRequestParts<S> for Failing {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Err(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[authenticated_by(Failing)]
async fn failing(_: Failing) {}

#[test]
fn a_failure_of_the_server_is_no_refusal() {
    let found = failures(ScopedRouter::new().route("/prices", get(failing)), |matrix| matrix);
    assert_eq!(found, ["GET /prices no credentials refused 500"]);
}

#[authenticated_by(PartnerKey)]
async fn failing_with_key(_: PartnerKey) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

#[tokio::test]
async fn a_handler_that_fails_with_valid_credentials_is_listed() {
    let issuer = TestIssuer::new();
    let routes = ScopedRouter::new().route("/prices", get(failing_with_key));
    let app = routes.with_state(issuer.resource_server());
    let outcome = issuer.matrix(&app).credentials("partner_key", add_key).check(app).await;
    assert_eq!(
        outcome.to_string(),
        "OPERATION    NOT TESTED\n\
         GET /prices  the handler, which responded to authorized requests with 500"
    );
}
