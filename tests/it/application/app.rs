use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use async_graphql_axum::GraphQL;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{FromRef, FromRequest, FromRequestParts, Path, Request, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{any, get, post};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    AccessToken, AuthError, CredentialExtractor, CredentialScheme, MultiIssuerDecoder, ResourceServer,
    ScopedRouter, authenticated_by, declare_scopes, public, requires_scopes, scopes,
};
use serde::Serialize;
use tower_http::services::ServeDir;
use utoipa::ToSchema;

/// What staff may do.
#[declare_scopes]
pub(super) enum StaffScope {
    /// Read orders.
    OrdersRead = "orders:read",
    /// Read, change and delete orders.
    #[implies(OrdersRead)]
    Orders = "orders",
    /// Read reports.
    Reports = "reports",
    /// Watch the health of the system.
    Operate = "operate",
}

/// What a partner's server may do.
mod partner {
    use scopes_runtime::declare_scopes;

    #[declare_scopes]
    pub(in super::super) enum PartnerScope {
        /// Send orders.
        OrdersSend = "orders:send",
    }
}

use StaffScope as Scope;
pub(super) use partner::PartnerScope;

pub(super) struct AppState {
    owner_of_first: &'static str,
    resource_server: ResourceServer,
}

impl FromRef<AppState> for ResourceServer {
    fn from_ref(state: &AppState) -> Self {
        state.resource_server.clone()
    }
}

/// The application's errors, and the body of its refusals.
#[derive(Serialize, ToSchema)]
struct ErrorBody {
    code: String,
    message: String,
}

#[derive(Debug)]
enum ApiError {
    Auth(AuthError),
    BadSignature,
    UnknownPartner,
    NoOrder,
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Auth(error) => return error.into_response(),
            Self::BadSignature => (StatusCode::UNAUTHORIZED, "bad_signature", "The signature is wrong."),
            Self::UnknownPartner => (StatusCode::UNAUTHORIZED, "unknown_partner", "The API key is unknown."),
            Self::NoOrder => (StatusCode::NOT_FOUND, "no_order", "There is no such order."),
        };
        (status, Json(ErrorBody { code: code.to_owned(), message: message.to_owned() })).into_response()
    }
}

/// A request of the payment service, with its signature over the body.
struct PaymentEvent(Bytes);

impl CredentialExtractor for PaymentEvent {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("payment_signature", "X-Signature")
        .description("The signature of the payment service over the body.");
}

impl<S: Send + Sync> FromRequest<S> for PaymentEvent {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let signature = request.headers().get("X-Signature").cloned().ok_or(ApiError::BadSignature)?;
        let body = Bytes::from_request(request, state).await.map_err(|_| ApiError::BadSignature)?;
        if signature == signature_of(&body) { Ok(Self(body)) } else { Err(ApiError::BadSignature) }
    }
}

/// Stands for an HMAC.
pub(super) fn signature_of(body: &[u8]) -> String {
    body.iter().map(|&byte| u32::from(byte)).sum::<u32>().to_string()
}

struct Partner(String);

impl CredentialExtractor for Partner {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
}

impl<S: Sync> FromRequestParts<S> for Partner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let key = parts.headers.get("X-Api-Key").filter(|key| *key == "key-of-acme");
        key.map(|_| Self("acme".to_owned())).ok_or(ApiError::UnknownPartner)
    }
}

/// Reads an order. The orders of others require more.
#[requires_scopes("orders:read", may_require("orders"))]
async fn read_order(
    token: AccessToken,
    State(state): State<Arc<AppState>>,
    Path(id): Path<u32>,
) -> Result<String, ApiError> {
    if id == 0 {
        return Err(ApiError::NoOrder);
    }
    if token.subject() != Some(state.owner_of_first) {
        token.require(scopes!("orders"))?;
    }
    Ok(format!("order {id}"))
}

/// Sends events until the token expires.
#[requires_scopes("orders:read")]
async fn follow_orders(token: AccessToken, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        let _ = socket.send(Message::text("welcome")).await;
        token.expired().await;
        let _ = socket.send(Message::Close(None)).await;
    })
}

/// Receives an event of the payment service.
#[authenticated_by(PaymentEvent)]
async fn receive_payment(PaymentEvent(body): PaymentEvent) -> String {
    format!("{} bytes", body.len())
}

mod orders_of_partners {
    use super::{Partner, PartnerScope as Scope};
    use scopes_runtime::requires_scopes;

    /// Sends an order. Needs the partner's key and a token of its server.
    #[requires_scopes("orders:send")]
    pub(super) async fn send(Partner(name): Partner) -> String {
        format!("an order of {name}")
    }
}

#[public(reason = "load balancers ask without a token")]
async fn health() -> &'static str {
    "ok"
}

struct Query;

#[Object]
impl Query {
    async fn orders(&self) -> u32 {
        3
    }
}

pub(super) fn staff_routes(files: &str) -> ScopedRouter<Arc<AppState>> {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let (_, grpc_health) = tonic_health::server::health_reporter();
    ScopedRouter::new()
        .security_scheme(
            OAuth2Scheme::new::<StaffScope>()
                .name("staff")
                .authorization_code("https://staff.test/authorize", "https://staff.test/token"),
        )
        .route("/orders/{id}", get(read_order))
        .route("/orders/live", any(follow_orders))
        .nest_service("/reports", ServeDir::new(files), scopes!("reports"))
        .route_service("/graphql", GraphQL::new(schema), scopes!("orders:read"))
        .route_service("/grpc.health.v1.Health/{*method}", grpc_health, scopes!("operate"))
}

pub(super) fn partner_routes() -> ScopedRouter<Arc<AppState>> {
    ScopedRouter::new()
        .security_scheme(
            OAuth2Scheme::new::<PartnerScope>()
                .name("partners")
                .client_credentials("https://partners.test/token"),
        )
        .route("/orders", post(orders_of_partners::send))
}

pub(super) fn routes(files: &str) -> ScopedRouter<Arc<AppState>> {
    let legacy = Router::new().route("/legacy", axum::routing::get(async || "old"));
    ScopedRouter::new()
        .refusal_schema::<ErrorBody>("application/json")
        .merge(staff_routes(files))
        .nest("/partners", partner_routes())
        .route("/webhooks/payment", post(receive_payment))
        .route("/health", get(health))
        .merge_unchecked(legacy, "not ported yet")
}

/// Builds the state for tokens of staff and of partners. A partner may not grant the scopes of staff.
pub(super) fn state(staff: &TestIssuer, partners: &TestIssuer) -> Arc<AppState> {
    let names = |scopes: &[&'static str]| scopes.to_vec();
    let decoder = |issuer: &TestIssuer, scopes: Vec<&str>| {
        scopes_runtime::JwtDecoder::builder()
            .issuer(issuer.url())
            .audience(issuer.audience())
            .key(issuer.verification_key())
            .may_grant(scopes)
            .build()
            .expect("a decoder")
    };
    let staff_scopes: Vec<_> = StaffScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let decoders = [decoder(staff, staff_scopes), decoder(partners, names(&["orders:send"]))];
    let resource_server = ResourceServer::builder(MultiIssuerDecoder::new(decoders).expect("two issuers"))
        .realm("shop")
        .refusal_response(|error| {
            let code = error.reason().to_owned();
            Json(ErrorBody { code, message: error.to_string() })
        })
        .build()
        .expect("a realm");
    Arc::new(AppState { owner_of_first: "alice", resource_server })
}
