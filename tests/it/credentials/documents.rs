//! Credentials in OpenAPI documents.

use aide::axum::ApiRouter;
use aide::axum::routing::get as api_get;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use scopes_runtime::openapi::{OAuth2Scheme, SCHEME_NAME};
use scopes_runtime::router::{ScopedRouter, get, routes};
use scopes_runtime::{
    CredentialExtractor, CredentialScheme, ResourceServer, authenticated_by, requires_scopes,
};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi};

use super::{PartnerKey, SignedEvent, router};
use crate::openapi::essential;

fn to_json(document: Document) -> Value {
    essential(serde_json::to_value(document).expect("a document is JSON"))
}

fn partner_key() -> Value {
    json!({ "type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "From the portal." })
}

#[test]
fn the_document_has_the_schemes_and_one_requirement_of_token_and_credentials() {
    let (_, document) = router().split_for_parts();
    let document = to_json(document);
    let security = |method: &str, path: &str| document["paths"][path][method]["security"].clone();
    assert_eq!(security("get", "/prices"), json!([{ "partner_key": [] }]));
    assert_eq!(security("get", "/listing"), json!([{ "partner_key": [] }]));
    assert_eq!(security("post", "/events/{id}"), json!([{ "partner_key": [], "signature": [] }]));
    assert_eq!(
        security("get", "/items"),
        json!([{ "oauth2": ["items"], "partner_key": [] }, { "oauth2": ["me"], "partner_key": [] }])
    );
    assert_eq!(security("get", "/user"), json!([{ "oauth2": ["me"], "partner_key": [] }]));
    assert_eq!(security("get", "/health"), json!([]));
    assert_eq!(security("get", "/greeting"), json!([]));
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({
            "oauth2": { "type": "http", "scheme": "bearer" },
            "partner_key": partner_key(),
            "signature": { "type": "apiKey", "in": "header", "name": "X-Signature" },
        })
    );
}

#[test]
fn an_authenticated_operation_gets_no_response_of_the_library() {
    let (_, document) =
        ScopedRouter::<ResourceServer>::new().route("/prices", get(super::prices)).split_for_parts();
    let document = to_json(document);
    let operation = &document["paths"]["/prices"]["get"];
    assert_eq!(
        operation["responses"],
        json!({
            "200": {
                "description": "Success.",
                "content": { "text/plain": { "schema": { "type": "string" } } },
            },
            "default": { "description": "Any other response." },
        })
    );
    assert_eq!(operation["summary"], "Returns the prices.");
    assert_eq!(document["components"], json!({ "securitySchemes": { "partner_key": partner_key() } }));
}

#[test]
fn every_kind_of_scheme_is_one_of_openapi() {
    let schemes = [
        (
            CredentialScheme::api_key_in_query("a", "key"),
            json!({ "type": "apiKey", "in": "query", "name": "key" }),
        ),
        (
            CredentialScheme::api_key_in_cookie("b", "sid"),
            json!({ "type": "apiKey", "in": "cookie", "name": "sid" }),
        ),
        (CredentialScheme::http("c", "basic"), json!({ "type": "http", "scheme": "basic" })),
        (CredentialScheme::http("d", "scram-sha-256"), json!({ "type": "http", "scheme": "scram-sha-256" })),
        (
            CredentialScheme::mutual_tls("e").description("A certificate."),
            json!({ "type": "mutualTLS", "description": "A certificate." }),
        ),
    ];
    for (scheme, expected) in schemes {
        let mut document = Document::default();
        scheme.modify(&mut document);
        assert_eq!(to_json(document)["components"]["securitySchemes"][scheme.name()], expected);
    }
    let names = ["basic", "bearer", "digest", "hoba", "mutual", "negotiate", "oauth", "scram-sha-1", "vapid"];
    for name in names {
        let mut document = Document::default();
        CredentialScheme::http("c", name).modify(&mut document);
        assert_eq!(to_json(document)["components"]["securitySchemes"]["c"]["scheme"], name);
    }
}

#[test]
fn a_fragment_replaces_the_security_and_adds_the_scheme() {
    let routes = ScopedRouter::<ResourceServer>::new()
        .route("/prices", get(super::prices))
        .route("/items", get(super::items));
    let paths = json!({
        "/prices": { "get": { "security": [], "responses": {} } },
        "/items": { "get": { "responses": {} } },
    });
    let made_elsewhere =
        json!({ "openapi": "3.1.0", "info": { "title": "Elsewhere", "version": "1" }, "paths": paths });
    let mut as_json = made_elsewhere.clone();
    routes.fragment().merge_into_json(&mut as_json).expect("all operations are described");
    let mut typed: Document = serde_json::from_value(made_elsewhere).expect("a document");
    routes.fragment().merge_into(&mut typed).expect("all operations are described");
    for document in [as_json, to_json(typed)] {
        assert_eq!(document["paths"]["/prices"]["get"]["security"], json!([{ "partner_key": [] }]));
        assert_eq!(
            document["paths"]["/items"]["get"]["security"][0],
            json!({ "oauth2": ["items"], "partner_key": [] })
        );
        assert_eq!(document["components"]["securitySchemes"]["partner_key"], partner_key());
    }
}

mod documented {
    use super::{PartnerKey, Scope, SignedEvent, authenticated_by, requires_scopes};

    #[authenticated_by(SignedEvent)]
    #[utoipa::path(post, path = "/events", responses((status = 204, description = "Received.")))]
    pub(super) async fn receive(_: SignedEvent) {}

    #[requires_scopes("items")]
    #[utoipa::path(get, path = "/items", responses((status = 200, description = "All items.")))]
    pub(super) async fn read(_: PartnerKey) {}
}

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        OAuth2Scheme::new::<Scope>().client_credentials("/token").modify(document);
        PartnerKey::SCHEME.modify(document);
        SignedEvent::SCHEME.modify(document);
    }
}

#[derive(OpenApi)]
#[openapi(paths(documented::receive, documented::read), modifiers(&Schemes))]
struct Api;

#[test]
fn utoipas_own_documents_have_the_security_too() {
    let derived = to_json(Api::openapi());
    let routes = ScopedRouter::<ResourceServer>::new().routes(routes!(documented::receive, documented::read));
    let (_, routed) = routes.split_for_parts();
    let routed = to_json(routed);
    for document in [&derived, &routed] {
        let receive = &document["paths"]["/events"]["post"];
        assert_eq!(receive["security"], json!([{ "signature": [] }]));
        assert_eq!(receive["responses"], json!({ "204": { "description": "Received." } }));
        let read = &document["paths"]["/items"]["get"];
        assert_eq!(read["security"], json!([{ "oauth2": ["items"], "partner_key": [] }]));
        let schemes = document["components"]["securitySchemes"].as_object().expect("the schemes");
        assert_eq!(schemes.keys().collect::<Vec<_>>(), ["oauth2", "partner_key", "signature"]);
    }
}

impl aide::OperationInput for PartnerKey {}

#[test]
fn aides_documents_have_the_security_too() {
    let mut document = aide::openapi::OpenApi::default();
    let _: axum::Router<ResourceServer> = ApiRouter::new()
        .api_route("/prices", api_get(super::prices))
        .api_route("/items", api_get(super::items))
        .finish_api_with(&mut document, |api| {
            api.security_scheme(SCHEME_NAME, OAuth2Scheme::new::<Scope>().into())
                .security_scheme(PartnerKey::SCHEME.name(), PartnerKey::SCHEME.into())
        });
    let document = serde_json::to_value(document).expect("a document is JSON");
    let prices = &document["paths"]["/prices"]["get"];
    assert_eq!(prices["security"], json!([{ "partner_key": [] }]));
    assert_eq!(prices["summary"], "Returns the prices.");
    assert_eq!(prices["responses"].as_object().map(|all| all.contains_key("401")), Some(false));
    let items = &document["paths"]["/items"]["get"];
    assert_eq!(items["security"][0], json!({ "oauth2": ["items"], "partner_key": [] }));
    assert_eq!(document["components"]["securitySchemes"]["partner_key"], partner_key());
}

struct SameName;

impl CredentialExtractor for SameName {
    const SCHEME: CredentialScheme = CredentialScheme::api_key_in_query("partner_key", "key");
}

impl<S: Sync> FromRequestParts<S> for SameName {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Err(StatusCode::UNAUTHORIZED)
    }
}

#[authenticated_by(SameName)]
async fn same_name(_: SameName) {}

#[test]
#[should_panic(
    expected = "two different security schemes are named `partner_key`; give the `CredentialScheme` another name"
)]
fn two_schemes_of_one_name_cannot_be_documented() {
    let _ = router().route("/same-name", get(same_name)).split_for_parts();
}
