use std::collections::BTreeMap;
use std::{fmt, mem};

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::path::Operation as OpenApiOperation;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, OpenApi, RefOr, Response};

use super::access_text::with_access_text;
use super::components::{add_components, add_credentials, referenced_credentials, referenced_schemes};
use super::json_responses::{Refusal, add_refusal, with_refusal};
use super::operation_access::{add_access, extensions};
use super::path_item::{METHODS, find, name, openapi_path, served_methods, unchecked_shapes};
use super::refusals::{REFUSALS, Refusals};
use super::scheme::OAuth2Scheme;
use super::schemes::Schemes;
use super::security::{OperationSecurity, remove_unchecked_schemes, without_schemes};
use crate::operation::{Methods, Operation, shape};
use crate::readable_debug::readable_debug;
use crate::scope::CredentialScheme;

/// What the operations of a router add to a document that is made elsewhere: for each path and method the `security` and the
/// refusals, and the components that these refer to. [`ScopedRouter::fragment`](crate::ScopedRouter::fragment) makes it.
/// Serialized it has the shape of a document.
///
/// ```
/// use scopes_runtime::router::{ScopedRouter, get};
/// use scopes_runtime::{ResourceServer, declare_scopes, requires_scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[requires_scopes("items")]
/// async fn read_items() {}
///
/// # fn main() -> Result<(), scopes_runtime::openapi::UnmatchedOperationsError> {
/// let router = ScopedRouter::<ResourceServer>::new().route("/items", get(read_items));
/// let mut document = serde_json::json!({ "openapi": "3.1.0", "paths": { "/items": { "get": {} } } });
/// router.fragment().merge_into_json(&mut document)?;
/// assert_eq!(document["paths"]["/items"]["get"]["security"][0]["oauth2"][0], "items");
/// # Ok(()) }
/// ```
#[derive(Clone, Serialize)]
pub struct Fragment {
    paths: BTreeMap<String, BTreeMap<&'static str, Part>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Components>,
    /// Those that the operations refer to.
    #[serde(skip)]
    schemes: Vec<OAuth2Scheme>,
    #[serde(skip)]
    credentials: Vec<&'static CredentialScheme>,
    #[serde(skip)]
    refusals: Refusals,
    /// The shapes of the paths of services that check no tokens.
    #[serde(skip)]
    unchecked: Vec<String>,
    /// The names of all schemes that operations can refer to.
    #[serde(skip)]
    names: Vec<String>,
}

#[derive(Clone, Serialize)]
struct Part {
    security: Vec<SecurityRequirement>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    responses: BTreeMap<String, RefOr<Response>>,
    #[serde(flatten)]
    extensions: BTreeMap<&'static str, Value>,
    #[serde(skip)]
    operation: OperationSecurity,
    /// Whether the document must describe the operation. A handler of any method also serves methods that no document
    /// describes.
    #[serde(skip)]
    is_required: bool,
}

/// The error of a document that does not describe all operations of the router, from [`Fragment`]. Everything else was merged.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the document does not describe {}, which the router serves; describe each, or leave it out of the router",
    .0.join(", ")
)]
pub struct UnmatchedOperationsError(Vec<String>);

readable_debug!(UnmatchedOperationsError);

impl UnmatchedOperationsError {
    fn check(missing: Vec<String>) -> Result<(), Self> {
        if missing.is_empty() { Ok(()) } else { Err(Self(missing)) }
    }
}

impl Fragment {
    /// # Panics
    ///
    /// Panics if two schemes of one name are different.
    pub(crate) fn new(operations: &[(&Operation, Schemes)], refusals: &Refusals) -> Self {
        let all: Vec<_> = operations.iter().map(|(operation, _)| *operation).collect();
        let mut paths: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        let securities: Vec<_> =
            operations.iter().map(|(operation, schemes)| OperationSecurity::of(operation, schemes)).collect();
        for (operation, security) in all.iter().zip(&securities) {
            for method in served_methods(operation, &all) {
                let mut added = OpenApiOperation::default();
                add_access(security, &mut added, &[], refusals, None);
                let part = Part {
                    security: added.security.unwrap_or_default(),
                    responses: added.responses.responses,
                    extensions: extensions(&security.access).collect(),
                    operation: security.clone(),
                    is_required: operation.methods != Methods::Any,
                };
                paths.entry(openapi_path(operation)).or_default().insert(name(&method), part);
            }
        }
        let schemes = referenced_schemes(securities.iter());
        let mut document = OpenApi::default();
        add_components(&mut document, &schemes, refusals);
        let credentials = referenced_credentials(securities.iter(), &schemes);
        add_credentials(&mut document, &credentials);
        let names = OperationSecurity::scheme_names(&securities).into_iter().map(str::to_owned).collect();
        let (components, refusals) = (document.components, refusals.clone());
        Self { paths, components, schemes, credentials, refusals, unchecked: unchecked_shapes(&all), names }
    }

    /// Merges the fragment into a utoipa document.
    ///
    /// - `security` is replaced. On a public operation, and on a service that is [`unchecked`](crate::router::unchecked), only
    ///   the schemes of the router and of routers merged or nested into it are removed; other schemes stay.
    /// - Responses are kept. A response for the status of a refusal gets the refusal's headers and media type beside its own.
    ///   A reference to one of the document's components is resolved for that; any other reference stays.
    /// - Components are kept, except security schemes with flows or metadata that
    ///   [`ScopedRouter::security_scheme`](crate::ScopedRouter::security_scheme) set.
    ///
    /// # Errors
    ///
    /// [`UnmatchedOperationsError`] if the document lacks operations of the router. Of a handler of any method, the document
    /// may describe any methods.
    pub fn merge_into(self, document: &mut OpenApi) -> Result<(), UnmatchedOperationsError> {
        let names: Vec<_> = self.names.iter().map(String::as_str).collect();
        let mut missing = Vec::new();
        remove_unchecked_schemes(document, &self.unchecked, &names);
        for (path, parts) in &self.paths {
            for (method, Part { operation: security, is_required, .. }) in parts {
                match find(&mut document.paths, path, method) {
                    Some(operation) => {
                        let components = document.components.as_ref();
                        add_access(security, operation, &names, &self.refusals, components);
                    }
                    None if *is_required => missing.push(unmatched(path, method)),
                    None => {}
                }
            }
        }
        add_components(document, &self.schemes, &self.refusals);
        add_credentials(document, &self.credentials);
        UnmatchedOperationsError::check(missing)
    }

    /// Merges the fragment into a JSON document, like [`merge_into`](Self::merge_into).
    ///
    /// # Errors
    ///
    /// [`UnmatchedOperationsError`] if the document lacks operations of the router.
    pub fn merge_into_json(&self, document: &mut Value) -> Result<(), UnmatchedOperationsError> {
        let given = document.get("components").cloned().unwrap_or_default();
        let names: Vec<_> = self.names.iter().map(String::as_str).collect();
        self.remove_unchecked_schemes_in_json(document, &names);
        let mut missing = Vec::new();
        for (path, parts) in &self.paths {
            for (method, part) in parts {
                let same = |(own, _): &(&String, &mut Value)| shape(own) == shape(path);
                let operation = document.get_mut("paths").and_then(Value::as_object_mut).and_then(|paths| {
                    let mut same = paths.iter_mut().filter(same);
                    same.find_map(|(_, item)| item.get_mut(*method)?.as_object_mut())
                });
                match operation {
                    Some(operation) => part.merge_into_json(operation, &names, &self.refusals, &given),
                    None if part.is_required => missing.push(unmatched(path, method)),
                    None => {}
                }
            }
        }
        let needs_version_3_2 = self.schemes.iter().any(OAuth2Scheme::needs_version_3_2);
        if let Some(version) = document.get_mut("openapi").filter(|_| needs_version_3_2) {
            *version = "3.2.0".into();
        }
        if let (Some(components), Some(document)) = (&self.components, document.as_object_mut()) {
            self.merge_components(components, object(document, "components"));
        }
        UnmatchedOperationsError::check(missing)
    }

    fn merge_components(&self, components: &Components, target: &mut Map<String, Value>) {
        let components = serde_json::to_value(components).expect("components of strings are always JSON");
        for (kind, own) in entries(&components) {
            add(object(target, kind), own);
        }
        for name in self.refusals.responses.keys() {
            let response = object(target, "responses").get_mut(*name).and_then(Value::as_object_mut);
            if let Some(response) = response.filter(|response| !response.contains_key("$ref")) {
                *response = with_refusal(mem::take(response), &Refusal::of(&self.refusals, name));
            }
        }
        for scheme in self.schemes.iter().filter(|scheme| scheme.is_given()) {
            let name = scheme.component_name();
            let scheme = components["securitySchemes"][name].clone();
            object(target, "securitySchemes").insert(name.to_owned(), scheme);
        }
    }

    /// Does for JSON what [`remove_unchecked_schemes`] does.
    fn remove_unchecked_schemes_in_json(&self, document: &mut Value, names: &[&str]) {
        let of_document = document.get("security").cloned();
        let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
        for (_, item) in paths.filter(|(path, _)| self.unchecked.contains(&shape(path))) {
            for (_, method) in METHODS {
                let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) else { continue };
                let Some(given) = operation.get("security").or(of_document.as_ref()) else { continue };
                let kept = without_schemes(given, names);
                if kept != *given {
                    operation.insert("security".to_owned(), kept);
                }
            }
        }
    }
}

impl Part {
    /// Merges this into an operation of a JSON document, which has these components. `names` are those of all schemes that
    /// operations can refer to.
    fn merge_into_json(
        &self,
        operation: &mut Map<String, Value>,
        names: &[&str],
        refusals: &Refusals,
        components: &Value,
    ) {
        let security = match operation.get("security") {
            Some(given) if self.security.is_empty() => without_schemes(given, names),
            _ => serde_json::to_value(&self.security).expect("maps of lists of strings are JSON"),
        };
        operation.insert("security".to_owned(), security);
        let description = operation.get("description").and_then(Value::as_str).map(str::to_owned);
        if let Some(description) = with_access_text(description, &self.operation.access) {
            operation.insert("description".to_owned(), description.into());
        } else {
            operation.remove("description");
        }
        let responses = object(operation, "responses");
        for (status, name) in REFUSALS {
            let status = status.to_string();
            if self.responses.contains_key(&status) {
                add_refusal(responses, &status, &Refusal::of(refusals, name), components);
            }
        }
        for (name, extension) in &self.extensions {
            operation.insert((*name).to_owned(), extension.clone());
        }
    }
}

fn unmatched(path: &str, method: &str) -> String {
    format!("`{} {path}`", method.to_uppercase())
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Returns the member as an object. A member of another type is replaced.
fn object<'a>(parent: &'a mut Map<String, Value>, name: &str) -> &'a mut Map<String, Value> {
    let member = parent.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if !member.is_object() {
        *member = Value::Object(Map::new());
    }
    member.as_object_mut().expect("it has just been made one")
}

fn add(target: &mut Map<String, Value>, own: &Value) {
    for (name, value) in entries(own) {
        target.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

impl fmt::Debug for Fragment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fragment").field("paths", &self.paths.keys()).finish_non_exhaustive()
    }
}
