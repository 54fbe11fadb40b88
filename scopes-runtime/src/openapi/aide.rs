//! What requirements say in a document that aide makes.

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
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::openapi::security;

use super::OAuth2Scheme;
use super::json_responses::with_refusal;
use super::operation::{Access, Described, USER_AUTHENTICATION, summary_and_description};
use super::refusals::{PROBLEM, PROBLEM_JSON, REFUSALS, problem, refusal, refusals};
use crate::http::{AuthError, Authorized, Public, PublicOperation, RequiredScopes, ScopedOperation};
use crate::token::AccessToken;

const REQUIRED_TOKEN: Access = Access::Scoped(Vec::new());
const OPTIONAL_TOKEN: Access = Access::Public { accepts_token: true, reason: None };

/// What the handler requires, the refusals that follow, and its doc comment as summary and description.
///
/// The route's own summary, description and responses, from aide's transform functions, replace these. Its own security
/// requirements do not: aide adds them as alternatives, so give a guarded route none.
///
/// A response that the handler's return type documents for the status of a refusal gets the refusal's headers and media
/// type beside its own. One that the route is given by a transform function replaces the refusal, because aide runs
/// these last: describe both in it.
impl<O: ScopedOperation> OperationInput for Authorized<O> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        describe(operation, &Described::scoped::<O>());
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        add_refusals(context, operation, &Described::scoped::<O>().access)
    }
}

/// That the handler is open, with or without a token, and its doc comment as summary and description.
impl<O: PublicOperation> OperationInput for Public<O> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        describe(operation, &Described::public::<O>());
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        add_refusals(context, operation, &Described::public::<O>().access)
    }
}

/// Adds nothing to a handler with one of the attributes, which says it all. On another handler the document asks for a
/// token, and for `Option<AccessToken>` says that there may be one, though not how a bad one is refused: aide asks no
/// `Option` for responses. Where it infers none at all, it does not tell the two apart, and a token is optional.
impl OperationInput for AccessToken {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        if operation.security.is_empty() {
            operation.security = security(&OPTIONAL_TOKEN);
        }
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        // aide does not ask this of `Option`, so here the token is not optional.
        if operation.security == security(&OPTIONAL_TOKEN) {
            operation.security = security(&REQUIRED_TOKEN);
        }
        add_refusals(context, operation, &REQUIRED_TOKEN)
    }
}

impl OperationInput for RequiredScopes {}

/// The refusals that a handler passes on.
impl OperationOutput for AuthError {
    type Inner = Self;

    fn operation_response(context: &mut GenContext, _: &mut Operation) -> Option<Response> {
        Some(response(context, &refusal("The access token does not allow the request.")))
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Response)> {
        let documented = operation.responses.as_ref().map(|responses| &responses.responses);
        let is_missing = |status: u16| {
            documented.is_none_or(|responses| !responses.contains_key(&StatusCode::Code(status)))
        };
        let refusals = refusals();
        REFUSALS
            .into_iter()
            .filter(|(status, _)| is_missing(*status))
            .map(|(status, name)| (Some(status), response(context, &refusals[name])))
            .collect()
    }
}

/// The security scheme for aide's document, which goes by the name [`SCHEME_NAME`](super::SCHEME_NAME).
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
///     format!("the items of {}", token.subject().unwrap_or("nobody"))
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
/// It has the scopes of its vocabularies, so each one that handlers require goes into it, with [`OAuth2Scheme::with_vocabulary`]
/// where there are several.
///
/// An extractor of the application's own that has `#[requires_scopes]` needs no more than
/// `impl aide::OperationInput for CurrentUser {}`: the handlers say what it requires.
impl From<OAuth2Scheme> for SecurityScheme {
    fn from(scheme: OAuth2Scheme) -> Self {
        match scheme.scheme(std::iter::empty()) {
            // aide writes OpenAPI 3.1, where the device authorization flow is not: no more is known than that tokens are
            // borne.
            security::SecurityScheme::OAuth2(oauth2)
                if oauth2.flows.keys().all(|it| it == "deviceAuthorization") =>
            {
                Self::from(OAuth2Scheme::default())
            }
            security::SecurityScheme::OAuth2(oauth2) => Self::OAuth2 {
                flows: flows(oauth2.flows),
                description: oauth2.description,
                extensions: Default::default(),
            },
            other => converted(&other),
        }
    }
}

fn describe(operation: &mut Operation, described: &Described) {
    (operation.summary, operation.description) = summary_and_description(described.documentation);
    operation.deprecated = described.deprecated;
    operation.security = security(&described.access);
    let authentication = described.access.user_authentication();
    operation.extensions.extend(authentication.map(|it| (USER_AUTHENTICATION.to_owned(), it)));
}

fn security(access: &Access) -> Vec<SecurityRequirement> {
    match converted::<Vec<_>>(&access.security()) {
        // aide writes no empty list, so this says that nothing at all is required, whatever the whole document does.
        none if none.is_empty() => vec![SecurityRequirement::default()],
        some => some,
    }
}

/// Adds the refusals by itself: aide would report those that a second argument has as well as conflicts.
fn add_refusals(
    context: &mut GenContext,
    operation: &mut Operation,
    access: &Access,
) -> Vec<(Option<u16>, Response)> {
    let refusals = refusals();
    let responses = &mut operation.responses.get_or_insert_default().responses;
    for (status, name) in access.refusals() {
        let refusal = response(context, &refusals[name]);
        match responses.entry(StatusCode::Code(status)).or_insert_with(|| ReferenceOr::Item(refusal.clone()))
        {
            ReferenceOr::Item(own) => {
                *own = converted(&with_refusal(converted(own), &converted(&refusal)));
            }
            // The components are not known here.
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

fn flows(described: BTreeMap<String, security::Flow>) -> OAuth2Flows {
    let mut flows = OAuth2Flows::default();
    for (name, flow) in described {
        let place = match name.as_str() {
            "password" => &mut flows.password,
            "clientCredentials" => &mut flows.client_credentials,
            "authorizationCode" => &mut flows.authorization_code,
            "implicit" => &mut flows.implicit,
            // The device authorization flow: aide writes OpenAPI 3.1, which does not know it.
            _ => continue,
        };
        let mut flow: Value = converted(&flow);
        // aide writes `null` where there is none, which no OpenAPI document may have. Tokens are refreshed at the token
        // endpoint (RFC 6749 section 6), and those of the implicit flow where they came from.
        if flow.get("refreshUrl").is_none() {
            let renewed_at = if name == "implicit" { "authorizationUrl" } else { "tokenUrl" };
            flow["refreshUrl"] = flow[renewed_at].clone();
        }
        *place = Some(converted(&json!({ name: flow })));
    }
    flows
}

/// utoipa's types as aide's.
fn converted<T: DeserializeOwned>(value: &impl Serialize) -> T {
    let converted = serde_json::to_value(value).and_then(serde_json::from_value);
    converted.expect("both are the same parts of an OpenAPI document")
}
