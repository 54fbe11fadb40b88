use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{ComponentsBuilder, OpenApi, OpenApiVersion, RefOr, Schema};

use super::fragment::slot;
use super::operation::describe_parameters;
use super::operation_ids::operation_ids;
use super::refusals::{PROBLEM, problem};
use super::{Described, OAuth2Scheme, SCHEME_NAME, responses};
use crate::router::Required;
use crate::scope::DeclaredScope;

/// One handler of one path, as axum writes it.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) method: Method,
    pub(crate) described: Described,
    pub(crate) documented: Option<Documented>,
    /// The way to tell the handler's guard what routers require.
    pub(crate) required: Required,
}

/// What a handler serves of its path.
#[derive(Clone, PartialEq)]
pub(crate) enum Method {
    One(HttpMethod),
    /// OpenAPI does not know it.
    Connect,
    /// Those that have no handler of their own.
    Any,
    /// Those that have no handler at all; no operation either.
    Other,
    /// What no route matches; no operation either.
    Fallback,
}

pub(super) const METHODS: [HttpMethod; 8] = [
    HttpMethod::Delete,
    HttpMethod::Get,
    HttpMethod::Head,
    HttpMethod::Options,
    HttpMethod::Patch,
    HttpMethod::Post,
    HttpMethod::Put,
    HttpMethod::Trace,
];

/// The type that stands for a handler with `#[utoipa::path]`.
#[diagnostic::on_unimplemented(
    message = "this handler has no `#[utoipa::path]`",
    label = "`routes!` reads path and methods from `#[utoipa::path]`",
    note = "put `#[utoipa::path(…)]` below `#[requires_scopes(…)]` or `#[public]`, or add the handler with `ScopedRouter::route`"
)]
pub trait DescribedOperation {
    /// Its description.
    fn documented() -> Documented;
}

/// The description in `#[utoipa::path]`.
#[derive(Clone)]
pub struct Documented {
    pub(crate) path: String,
    pub(crate) methods: Vec<HttpMethod>,
    operation: Operation,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Documented {
    /// The description that utoipa made as this type.
    #[must_use]
    pub fn of<P>() -> Self
    where
        P: Path + SchemaReferences + for<'t> Tags<'t>,
    {
        let mut operation = P::operation();
        let tags = P::tags();
        if !tags.is_empty() {
            operation.tags.get_or_insert_default().extend(tags.into_iter().map(str::to_owned));
        }
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        Self { path: P::path(), methods: P::methods(), operation, schemas }
    }
}

impl Route {
    /// The same as axum nests it.
    pub(crate) fn under(self, prefix: &str) -> Self {
        Self { path: nested(prefix, &self.path), ..self }
    }

    /// The operation id that the user wrote in `#[utoipa::path]`. Without one, utoipa takes the handler's name.
    pub(super) fn written_id(&self) -> Option<&str> {
        let id = self.documented.as_ref()?.operation.operation_id.as_deref()?;
        let is_written =
            self.described.has_operation_id || id.trim_start_matches("r#") != self.described.name;
        is_written.then_some(id)
    }

    pub(super) fn openapi_path(&self) -> String {
        // axum escapes a brace by a second one, and OpenAPI has no braces but those of parameters.
        self.path.replace("{{", "%7B").replace("}}", "%7D").replace("{*", "{")
    }
}

/// A path as axum nests it.
pub(crate) fn nested(prefix: &str, path: &str) -> String {
    match (prefix.ends_with('/'), path) {
        (true, _) => format!("{prefix}{}", path.trim_start_matches('/')),
        (false, "/") => prefix.to_owned(),
        (false, _) => format!("{prefix}{path}"),
    }
}

/// Adds the routes to a document, with the scheme and the answers that they refer to.
pub(crate) fn document(mut openapi: OpenApi, routes: &[Route], scheme: &OAuth2Scheme) -> OpenApi {
    let operations: Vec<_> = routes.iter().flat_map(|route| served(route, routes)).collect();
    let ids = operation_ids(&operations, &mut openapi);
    let mut components = openapi.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    for ((route, method), id) in operations.into_iter().zip(ids) {
        let path = route.openapi_path();
        let mut operation = match &route.documented {
            Some(documented) => {
                for (name, schema) in &documented.schemas {
                    components.schemas.entry(name.clone()).or_insert_with(|| schema.clone());
                }
                documented.operation.clone()
            }
            None => route.described.operation(),
        };
        operation.operation_id = Some(id);
        let given = openapi.paths.paths.get_mut(&path).and_then(|item| slot(item, &method).take());
        if let Some(given) = given {
            operation = described_by(given, operation);
        }
        describe_parameters(&path, &mut operation);
        let operation = route.described.guard_in(operation, Some(&components));
        openapi.paths.add_path_operation(&path, vec![method], operation);
    }
    openapi.components = Some(components);
    add_components(&mut openapi, routes, scheme);
    openapi
}

/// An operation that the document describes already, with what it does not say itself. An answer that stands for all is
/// only for operations that describe none.
fn described_by(given: Operation, found: Operation) -> Operation {
    let mut operation = given;
    operation.operation_id = operation.operation_id.or(found.operation_id);
    operation.summary = operation.summary.or(found.summary);
    operation.description = operation.description.or(found.description);
    operation.parameters = operation.parameters.or(found.parameters);
    if operation.responses.responses.is_empty() {
        operation.responses = found.responses;
    }
    operation
}

/// Adds what the routes refer to, if any of them is secured.
pub(super) fn add_components(openapi: &mut OpenApi, routes: &[Route], scheme: &OAuth2Scheme) {
    let required =
        routes.iter().flat_map(|route| route.described.access.alternatives().into_iter().flatten());
    if routes.iter().any(|route| route.described.access.accepts_token()) {
        add_scheme(openapi, scheme, required);
    }
}

/// Adds what secured operations refer to. What the document has of these names already is kept, but for a scheme where
/// one was given; responses get the refusals beside their own content.
pub(super) fn add_scheme(
    openapi: &mut OpenApi,
    scheme: &OAuth2Scheme,
    required: impl Iterator<Item = &'static DeclaredScope>,
) {
    if scheme.needs_version_3_2() {
        openapi.openapi = OpenApiVersion::Version32;
    }
    let components = openapi.components.get_or_insert_with(|| ComponentsBuilder::new().build());
    let schemes = &mut components.security_schemes;
    if scheme.is_given() || !schemes.contains_key(SCHEME_NAME) {
        schemes.insert(SCHEME_NAME.to_owned(), RefOr::T(scheme.scheme(required)));
    }
    components.schemas.entry(PROBLEM.to_owned()).or_insert_with(|| RefOr::T(problem()));
    responses::add_components(components);
}

/// A route with each method that it serves of those that OpenAPI knows.
pub(super) fn served<'a>(route: &'a Route, routes: &[Route]) -> Vec<(&'a Route, HttpMethod)> {
    let has = |method: &HttpMethod| {
        routes.iter().any(|other| other.path == route.path && other.method == Method::One(method.clone()))
    };
    // The handler of GET serves HEAD as well.
    let is_taken = |method: &HttpMethod| has(method) || *method == HttpMethod::Head && has(&HttpMethod::Get);
    let methods = match &route.method {
        Method::One(method) => vec![method.clone()],
        Method::Any => METHODS.into_iter().filter(|method| !is_taken(method)).collect(),
        Method::Connect | Method::Other | Method::Fallback => Vec::new(),
    };
    methods.into_iter().map(|method| (route, method)).collect()
}
