//! Descriptions of guarded handlers for aide's documents.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aide::generate::GenContext;
use aide::openapi::{
    OAuth2Flows, Operation, ReferenceOr, Response, SchemaObject, SecurityRequirement, SecurityScheme,
    StatusCode,
};
use aide::{OperationInput, OperationOutput};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::security::{Flow, SecurityScheme as UtoipaScheme};

use super::access_text::with_access_text;
use super::default_operation::summary_and_description;
use super::json_responses::{Refusal, with_refusal};
use super::operation_access::{self, extensions};
use super::refusals::{PROBLEM, PROBLEM_JSON, PROBLEMS, REFUSALS, UNAUTHENTICATED, problem};
use super::responses::converted;
use super::scheme::OAuth2Scheme;
use super::security::OperationSecurity;
use crate::http::{AuthError, AuthenticatedBy, Authorized, HandlerInfo, Public, RequiredScopes};
use crate::operation::{Access, Handler, OperationGuard};
use crate::scope::{CredentialScheme, Requirement};
use crate::token::AccessToken;

const OPTIONAL_TOKEN: Access = Access::Public { accepts_token: true, reason: None };

/// Adds `security`, the refusals, and the handler's doc comment as summary and description.
///
/// aide's transform functions of the route replace summary, description and responses. They add security requirements as
/// alternatives, so add none to a guarded route.
///
/// A response that the handler's return type documents for the status of a refusal gets the refusal's headers and media
/// type beside its own. A response from a transform function replaces the refusal, because aide runs these last: describe
/// both in it.
impl<O: HandlerInfo> OperationInput for Authorized<O> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        describe::<Self>(operation);
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        add_refusals(context, operation, &Self::access())
    }
}

/// Adds a `security` of the handler's credentials, and the handler's doc comment as summary and description.
impl<O: HandlerInfo> OperationInput for AuthenticatedBy<O> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        describe::<Self>(operation);
    }
}

/// Adds an empty or optional `security`, and the handler's doc comment as summary and description.
impl<O: HandlerInfo> OperationInput for Public<O> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        describe::<Self>(operation);
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        add_refusals(context, operation, &Self::access())
    }
}

/// Adds nothing to a handler with one of the attributes. Another handler gets a `security` that requires a token, and the
/// refusals. For `Option<AccessToken>` the token is optional and the refusals are missing, because aide does not infer the
/// responses of an `Option`. If aide infers no responses at all, the token is optional for both.
impl OperationInput for AccessToken {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        if operation.security.is_empty() {
            operation.security = security_of(&OPTIONAL_TOKEN);
        }
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        // aide does not call this for `Option`, so the token is required.
        if operation.security == security_of(&OPTIONAL_TOKEN) {
            operation.security = security_of(&required_token());
        }
        add_refusals(context, operation, &required_token())
    }
}

impl OperationInput for RequiredScopes {}

/// Adds the refusals that a handler returns.
impl OperationOutput for AuthError {
    type Inner = Self;

    fn operation_response(context: &mut GenContext, _: &mut Operation) -> Option<Response> {
        let mut refusal = response(context, &PROBLEMS.responses[UNAUTHENTICATED]);
        refusal.description = "The access token does not allow the request.".to_owned();
        Some(refusal)
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        let documented = operation.responses.as_ref().map(|responses| &responses.responses);
        let is_missing = |status: u16| {
            documented.is_none_or(|responses| !responses.contains_key(&StatusCode::Code(status)))
        };
        REFUSALS
            .into_iter()
            .filter(|(status, _)| is_missing(*status))
            .map(|(status, name)| (Some(status), response(context, &PROBLEMS.responses[name])))
            .collect()
    }
}

/// Converts to the security scheme of aide's document. Add it with the name [`SCHEME_NAME`](super::SCHEME_NAME).
///
/// ```
/// use aide::axum::ApiRouter;
/// use aide::axum::routing::{get, get_with};
/// use aide::openapi::OpenApi;
/// use axum::Router;
/// use scopes_runtime::openapi::{OAuth2Scheme, SCHEME_NAME};
/// use scopes_runtime::{AccessToken, ResourceServer, TokenDecoder, declare_scopes, public, requires_scopes};
///
/// /// What an access token may be allowed to do.
/// #[declare_scopes]
/// enum Scope {
///     /// Read items.
///     Items = "items",
/// }
///
/// #[requires_scopes("items")]
/// async fn read_items(token: AccessToken) -> String {
///     format!("the items of {}", token.subject().unwrap_or("unknown"))
/// }
///
/// #[public]
/// async fn health() {}
///
/// fn app(decoder: impl TokenDecoder) -> (Router, OpenApi) {
///     let scheme = OAuth2Scheme::new::<Scope>()
///         .authorization_code("https://issuer.example/authorize", "https://issuer.example/token");
///     let mut openapi = OpenApi::default();
///     let router = ApiRouter::new()
///         .api_route("/items", get_with(read_items, |operation| operation.tag("items")))
///         .api_route("/health", get(health))
///         .finish_api_with(&mut openapi, |api| api.security_scheme(SCHEME_NAME, scheme.into()));
///     (router.with_state(ResourceServer::new(decoder)), openapi)
/// }
/// # fn main() {}
/// ```
///
/// It has the scopes of its vocabularies only. Add all vocabularies that handlers require with
/// [`OAuth2Scheme::with_vocabulary`].
///
/// An extractor with `#[requires_scopes]` only needs `impl aide::OperationInput for CurrentUser {}`: the handlers add its
/// requirement.
impl From<OAuth2Scheme> for SecurityScheme {
    fn from(scheme: OAuth2Scheme) -> Self {
        match scheme.scheme() {
            // aide writes OpenAPI 3.1, which has no device authorization flow.
            UtoipaScheme::OAuth2(oauth2) if oauth2.flows.keys().all(|name| name == "deviceAuthorization") => {
                Self::from(scheme.without_flows())
            }
            UtoipaScheme::OAuth2(oauth2) => Self::OAuth2 {
                flows: flows(oauth2.flows),
                description: oauth2.description,
                extensions: oauth2
                    .extensions
                    .iter()
                    .flat_map(|extensions| extensions.iter())
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            },
            other => converted(&other),
        }
    }
}

/// Converts to a security scheme of aide's document. Add it with its [name](CredentialScheme::name).
impl From<CredentialScheme> for SecurityScheme {
    fn from(scheme: CredentialScheme) -> Self {
        converted(&UtoipaScheme::from(&scheme))
    }
}

fn required_token() -> Access {
    Access::Scoped(Requirement::ANY_VALID_TOKEN.into())
}

fn describe<G: OperationGuard>(operation: &mut Operation) {
    let (handler, access) = (Handler::of::<G::Handler>(), G::access());
    (operation.summary, operation.description) = summary_and_description(&handler.source);
    operation.description = with_access_text(operation.description.take(), &access);
    operation.deprecated = handler.source.deprecated;
    operation.security = security_of(&access);
    operation.extensions.extend(extensions(&access).map(|(name, value)| (name.to_owned(), value)));
}

fn security_of(access: &Access) -> Vec<SecurityRequirement> {
    let security: Vec<_> = converted(&OperationSecurity::of_handler(access.clone()).requirements());
    // aide omits an empty list, and the document's own `security` would apply. An empty requirement overrides it.
    if security.is_empty() { vec![SecurityRequirement::default()] } else { security }
}

/// Adds the refusals here: aide would report those of a second argument as conflicts.
fn add_refusals(
    context: &mut GenContext,
    operation: &mut Operation,
    access: &Access,
) -> Vec<(Option<u16>, Response)> {
    let responses = &mut operation.responses.get_or_insert_default().responses;
    for (status, name) in operation_access::refusals(access) {
        let refusal = response(context, &PROBLEMS.responses[name]);
        match responses.entry(StatusCode::Code(status)).or_insert_with(|| ReferenceOr::Item(refusal.clone()))
        {
            ReferenceOr::Item(own) => {
                let refusal = Refusal { response: converted(&refusal), ..Refusal::of(&PROBLEMS, name) };
                *own = converted(&with_refusal(converted(own), &refusal));
            }
            // The components are not available here.
            ReferenceOr::Reference { .. } => {}
        }
    }
    Vec::new()
}

fn response(context: &mut GenContext, refusal: &impl Serialize) -> Response {
    let mut response: Response = converted(refusal);
    if let Some(content) = response.content.get_mut(PROBLEM_JSON) {
        let json_schema = context.schema.subschema_for::<Problem>();
        content.schema = Some(SchemaObject { json_schema, external_docs: None, example: None });
    }
    response
}

/// The schema of a refusal's body.
struct Problem;

impl JsonSchema for Problem {
    fn schema_name() -> Cow<'static, str> {
        PROBLEM.into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::Problem").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        converted(&problem())
    }
}

fn flows(described: BTreeMap<String, Flow>) -> OAuth2Flows {
    let mut flows = OAuth2Flows::default();
    for (name, flow) in described {
        let place = match name.as_str() {
            "password" => &mut flows.password,
            "clientCredentials" => &mut flows.client_credentials,
            "authorizationCode" => &mut flows.authorization_code,
            "implicit" => &mut flows.implicit,
            // The device authorization flow: aide writes OpenAPI 3.1, which does not have it.
            _ => continue,
        };
        let mut flow: Value = converted(&flow);
        // aide writes a missing URL as `null`, which OpenAPI does not allow. Tokens are refreshed at the token endpoint (RFC
        // 6749 section 6); the implicit flow has none, and gets the authorization URL.
        if flow.get("refreshUrl").is_none() {
            let renewed_at = if name == "implicit" { "authorizationUrl" } else { "tokenUrl" };
            flow["refreshUrl"] = flow[renewed_at].clone();
        }
        *place = Some(converted(&json!({ name: flow })));
    }
    flows
}
