//! The security scheme: its flows, and how it is merged into existing components.

use crate::openapi::essential;
use scopes_runtime::openapi::{OAuth2Scheme, SCHEME_NAME};
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, declare_scopes, requires_scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use serde_json::{Value, json};
use utoipa::Modify as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiVersion, Paths, ResponseBuilder};

/// A vocabulary of one scope.
#[declare_scopes]
enum Small {
    /// Read it.
    #[allow(dead_code, reason = "no operation requires it")]
    Read = "read",
}

#[requires_scopes("items")]
async fn read() {}

fn empty() -> OpenApi {
    OpenApi::new(Info::new("API", "1"), Paths::new())
}

fn document(openapi: OpenApi, scheme: Option<OAuth2Scheme>) -> Value {
    let router = ScopedRouter::<ResourceServer>::with_openapi(openapi).route("/items", get(read));
    let router = scheme.into_iter().fold(router, ScopedRouter::security_scheme);
    serde_json::to_value(router.split_for_parts().1).expect("a document is JSON")
}

fn scheme(scheme: &OAuth2Scheme) -> Value {
    let mut document = empty();
    scheme.modify(&mut document);
    let document = essential(serde_json::to_value(document).expect("a document is JSON"));
    document["components"]["securitySchemes"][SCHEME_NAME].clone()
}

#[test]
fn every_flow_has_its_urls_and_all_scopes() {
    let all = OAuth2Scheme::new::<Small>()
        .authorization_code("/authorize", "/token")
        .client_credentials("/token")
        .device_authorization("/device", "/token")
        .implicit("/authorize")
        .password("/token")
        .refresh_url("/refresh");
    let scopes = json!({ "read": "Read it." });
    assert_eq!(
        scheme(&all),
        json!({ "type": "oauth2", "flows": {
            "authorizationCode": {
                "authorizationUrl": "/authorize", "tokenUrl": "/token", "refreshUrl": "/refresh", "scopes": scopes,
            },
            "clientCredentials": { "tokenUrl": "/token", "scopes": scopes },
            "deviceAuthorization": {
                "deviceAuthorizationUrl": "/device", "tokenUrl": "/token", "refreshUrl": "/refresh", "scopes": scopes,
            },
            "implicit": { "authorizationUrl": "/authorize", "scopes": scopes },
            "password": { "tokenUrl": "/token", "refreshUrl": "/refresh", "scopes": scopes },
        } })
    );
}

#[test]
fn several_vocabularies_are_one_scheme() {
    let both = OAuth2Scheme::new::<Small>().with_vocabulary::<BillingScope>().client_credentials("/token");
    assert_eq!(
        scheme(&both)["flows"]["clientCredentials"]["scopes"],
        json!({
            "read": "Read it.",
            "invoices:read": "Read invoices.",
            "invoices": "Read, send and cancel invoices. Includes `invoices:read`.",
            "billing": "Everything there is to do with money. Includes `invoices:read`, `invoices`.",
        })
    );
}

#[test]
fn a_scheme_has_flows_or_a_discovery_url() {
    let metadata = "https://issuer.example/.well-known/openid-configuration";
    let discovered = OAuth2Scheme::new::<Small>().password("/token").open_id_connect(metadata);
    assert_eq!(scheme(&discovered), json!({ "type": "openIdConnect", "openIdConnectUrl": metadata }));
    let listed = scheme(&discovered.client_credentials("/token"));
    assert_eq!(
        listed,
        json!({ "type": "oauth2", "flows": {
            "clientCredentials": { "tokenUrl": "/token", "scopes": { "read": "Read it." } },
        } })
    );
    assert_eq!(scheme(&OAuth2Scheme::new::<Small>()), json!({ "type": "http", "scheme": "bearer" }));
}

#[test]
fn a_document_has_version_3_1_unless_3_2_is_needed() {
    let version = |openapi, scheme| document(openapi, scheme)["openapi"].clone();
    assert_eq!(version(empty(), None), "3.1.0");
    let mut newer = empty();
    newer.openapi = OpenApiVersion::Version32;
    assert_eq!(version(newer, None), "3.2.0");
    let device = OAuth2Scheme::new::<Scope>().device_authorization("/device", "/token");
    assert_eq!(version(empty(), Some(device)), "3.2.0");
}

#[test]
fn existing_components_are_kept() {
    let mut openapi = empty();
    let own = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-key")));
    openapi.components = Some(
        ComponentsBuilder::new()
            .security_scheme(SCHEME_NAME, own)
            .response("Unauthenticated", ResponseBuilder::new().description("My own words.").build())
            .build(),
    );
    let kept = document(openapi.clone(), None);
    assert_eq!(kept["components"]["securitySchemes"][SCHEME_NAME]["type"], "apiKey");
    let unauthenticated = &kept["components"]["responses"]["Unauthenticated"];
    assert_eq!(unauthenticated["description"], "My own words.");
    assert!(unauthenticated["content"]["application/problem+json"].is_object());
    assert!(kept["components"]["responses"]["InsufficientScope"].is_object());
    let given = document(openapi, Some(OAuth2Scheme::new::<Scope>().password("/token")));
    assert_eq!(given["components"]["securitySchemes"][SCHEME_NAME]["type"], "oauth2");
}
