//! Prints the OpenAPI document of an application with every kind of operation, for validators. The version is 3.1, or
//! that of the argument `3.0` or `3.2`.

use axum::extract::Path;
use scopes_runtime::openapi::{OAuth2Scheme, to_openapi_3_0};
use scopes_runtime::router::{any, delete, get, post, routes, unchecked};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use utoipa::openapi::{Info, License, OpenApi, OpenApiVersion, Paths, Server};

/// Scopes nested in each other, of two vocabularies.
///
/// What they mean takes a second paragraph.
#[requires_scopes(
    "me",
    any("items", all(BillingScope::Invoices, any("items:write", BillingScope::InvoicesRead)))
)]
async fn read() {}

/// Any valid token.
#[requires_scopes]
async fn status() {}

/// Public, with an optional token.
#[public(reason = "a greeting is for everyone")]
async fn greet(_: Option<AccessToken>) {}

/// Public.
#[public]
async fn health() {}

/// A handler for all other methods.
#[requires_scopes(any("items:write", BillingScope::Billing))]
async fn forward(_: Path<String>) {}

mod other {
    use super::*;

    /// A second handler of the name.
    #[requires_scopes("items:write")]
    pub(super) async fn read() {}

    /// Described by utoipa.
    #[requires_scopes("items")]
    #[utoipa::path(
        put,
        path = "/described/{id}",
        tag = "described",
        params(("id" = u64, Path, description = "Which one.")),
        request_body = String,
        responses((status = 204, description = "It is there."), (status = 401, description = "My own words.")),
    )]
    pub(super) async fn describe() {}
}

fn router(openapi: OpenApi, scheme: OAuth2Scheme) -> ScopedRouter<ResourceServer> {
    let tenant = ScopedRouter::new()
        .route("/", get(read).post(other::read))
        .route("/invoices/{invoice}", delete(read).put(status).head(status).trace(status))
        .routes(routes!(other::describe))
        .require(scopes!(any(BillingScope::InvoicesRead, "me")))
        .route("/greeting", get(greet).patch(other::read));
    let files = axum::Router::new().fallback(async || "a file");
    ScopedRouter::with_openapi(openapi)
        .security_scheme(scheme)
        .nest("/tenants/{tenant}", tenant)
        .route("/health", get(health).options(health).head(greet))
        .route("/forwarded/{*path}", any(forward).post(other::read))
        .merge(ScopedRouter::new().route("/items", post(other::read).connect(read)))
        .nest_service("/files", files, unchecked("the same for everyone"))
        .fallback(health)
}

fn main() {
    let mut license = License::new("MIT");
    license.identifier = Some("MIT".to_owned());
    let mut openapi = OpenApi::new(Info::new("One of everything", "1"), Paths::new());
    openapi.info.license = Some(license);
    openapi.servers = Some(vec![Server::new("/")]);
    let mut scheme = OAuth2Scheme::new::<Scope>()
        .with_vocabulary::<BillingScope>()
        .authorization_code("https://issuer.test/authorize", "https://issuer.test/token")
        .client_credentials("https://issuer.test/token")
        .implicit("https://issuer.test/authorize")
        .password("https://issuer.test/token")
        .refresh_url("https://issuer.test/refresh");
    let version = std::env::args().nth(1);
    if version.as_deref() == Some("3.2") {
        openapi.openapi = OpenApiVersion::Version32;
        scheme = scheme.device_authorization("https://issuer.test/device", "https://issuer.test/token");
    }
    let (_, document) = router(openapi, scheme).split_for_parts();
    let printed = match version.as_deref() {
        Some("3.0") => serde_json::to_string_pretty(&to_openapi_3_0(&document)),
        _ => document.to_pretty_json(),
    };
    println!("{}", printed.expect("a document is JSON"));
}
