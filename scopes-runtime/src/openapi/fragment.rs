use std::collections::BTreeMap;
use std::{fmt, mem};

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, OpenApi, OpenApiVersion, Paths, RefOr, Response};

use super::document::{METHODS, Method, Route, add_components, served};
use super::json_responses::{add_refusal, with_refusal};
use super::operation::USER_AUTHENTICATION;
use super::refusals::REFUSALS;
use super::security::{typed_without_scopes, without_scopes};
use super::{OAuth2Scheme, SCHEME_NAME, responses};

/// Just what scopes contribute to a document: for each path and method the `security` and the refusals, and the
/// components that these refer to. [`ScopedRouter::fragment`](crate::ScopedRouter::fragment) makes it, for a document that
/// is made elsewhere. Serialized it has the shape of a document.
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
    #[serde(skip)]
    replaces_scheme: bool,
    #[serde(skip)]
    needs_version_3_2: bool,
}

#[derive(Clone, Serialize)]
struct Part {
    security: Vec<SecurityRequirement>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    responses: BTreeMap<String, RefOr<Response>>,
    #[serde(rename = "x-user-authentication", skip_serializing_if = "Option::is_none")]
    user_authentication: Option<Value>,
    /// Whether it is the method's own handler: one for any method serves more than anybody describes.
    #[serde(skip)]
    is_own: bool,
}

/// The document lacks operations that the router serves, so that it says nothing of what they require. Everything else
/// was merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the document does not describe {}, which the router serves; describe each, or leave it out of the router",
    .0.join(", ")
)]
pub struct UnmatchedOperationsError(Vec<String>);

impl UnmatchedOperationsError {
    fn check(missing: Vec<String>) -> Result<(), Self> {
        if missing.is_empty() { Ok(()) } else { Err(Self(missing)) }
    }
}

impl Fragment {
    /// What scopes contribute to a document of these routes.
    pub(crate) fn new(routes: &[Route], scheme: &OAuth2Scheme) -> Self {
        let mut paths: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for (route, method) in routes.iter().flat_map(|route| served(route, routes)) {
            let Operation { security, responses, .. } = route.described.guard(Operation::default());
            let part = Part {
                security: security.unwrap_or_default(),
                responses: responses.responses,
                user_authentication: route.described.access.user_authentication(),
                is_own: route.method != Method::Any,
            };
            paths.entry(route.openapi_path()).or_default().insert(name(&method), part);
        }
        let mut document = OpenApi::default();
        add_components(&mut document, routes, scheme);
        Self {
            paths,
            needs_version_3_2: document.components.is_some() && scheme.needs_version_3_2(),
            components: document.components,
            replaces_scheme: scheme.is_given(),
        }
    }

    /// Adds it to a document of utoipa's types.
    ///
    /// - `security` is replaced. On a public operation only the scheme of the scopes is removed from it; other schemes
    ///   stay.
    /// - Responses are kept. One for the status of a refusal gets the refusal's headers and media type beside its own; a
    ///   reference among the document's components is resolved for that, any other reference stays as it is.
    /// - Components are kept, except the security scheme where [`ScopedRouter::security_scheme`](crate::ScopedRouter::security_scheme) gave
    ///   one.
    ///
    /// # Errors
    ///
    /// The document lacks operations of the router. A handler of any method counts for those that are described.
    pub fn merge_into(self, document: &mut OpenApi) -> Result<(), UnmatchedOperationsError> {
        let mut missing = Vec::new();
        for (path, parts) in self.paths {
            for (method, part) in parts {
                match find(&mut document.paths, &path, method) {
                    Some(operation) => {
                        let given = operation.security.take();
                        operation.security = Some(match given {
                            Some(given) if part.security.is_empty() => typed_without_scopes(&given),
                            _ => part.security,
                        });
                        let names: Vec<_> = REFUSALS
                            .into_iter()
                            .filter(|(status, _)| part.responses.contains_key(&status.to_string()))
                            .collect();
                        responses::add_refusals(
                            &mut operation.responses,
                            &names,
                            document.components.as_ref(),
                        );
                        if let Some(authentication) = part.user_authentication {
                            let extensions = operation.extensions.get_or_insert_default();
                            extensions.insert(USER_AUTHENTICATION.to_owned(), authentication);
                        }
                    }
                    None if part.is_own => missing.push(unmatched(&path, method)),
                    None => {}
                }
            }
        }
        if self.needs_version_3_2 {
            document.openapi = OpenApiVersion::Version32;
        }
        if let Some(own) = self.components {
            let components = document.components.get_or_insert_default();
            for (name, scheme) in own.security_schemes {
                if self.replaces_scheme || !components.security_schemes.contains_key(&name) {
                    components.security_schemes.insert(name, scheme);
                }
            }
            for (name, schema) in own.schemas {
                components.schemas.entry(name).or_insert(schema);
            }
            if !own.responses.is_empty() {
                responses::add_components(components);
            }
        }
        UnmatchedOperationsError::check(missing)
    }

    /// Adds it to a document in JSON, as [`merge_into`](Self::merge_into) does.
    ///
    /// # Errors
    ///
    /// The document lacks operations of the router.
    pub fn merge_into_json(&self, document: &mut Value) -> Result<(), UnmatchedOperationsError> {
        let fragment = serde_json::to_value(self).expect("a fragment of strings is always JSON");
        let refusals = &fragment["components"]["responses"];
        let given = document.get("components").cloned().unwrap_or_default();
        let mut missing = Vec::new();
        for (path, parts) in entries(&fragment["paths"]) {
            for (method, part) in entries(parts) {
                let same = |(own, _): &(&String, &mut Value)| shape(own) == shape(path);
                let operation = document.get_mut("paths").and_then(Value::as_object_mut).and_then(|paths| {
                    let mut same = paths.iter_mut().filter(same);
                    same.find_map(|(_, item)| item.get_mut(method)?.as_object_mut())
                });
                match operation {
                    Some(operation) => {
                        let is_public = part["security"].as_array().is_some_and(Vec::is_empty);
                        let security = match operation.get("security") {
                            Some(given) if is_public => without_scopes(given),
                            _ => part["security"].clone(),
                        };
                        operation.insert("security".to_owned(), security);
                        let responses = object(operation, "responses");
                        for (status, name) in REFUSALS {
                            let status = status.to_string();
                            if let Some(reference) = part["responses"].get(&status) {
                                add_refusal(responses, &status, reference, &refusals[name], &given);
                            }
                        }
                        if let Some(authentication) = part.get(USER_AUTHENTICATION) {
                            operation.insert(USER_AUTHENTICATION.to_owned(), authentication.clone());
                        }
                    }
                    None if self.paths[path][method.as_str()].is_own => missing.push(unmatched(path, method)),
                    None => {}
                }
            }
        }
        if let Some(version) = document.get_mut("openapi").filter(|_| self.needs_version_3_2) {
            *version = "3.2.0".into();
        }
        if let (Some(components), Some(document)) = (fragment.get("components"), document.as_object_mut()) {
            let target = object(document, "components");
            for (kind, own) in entries(components) {
                add(object(target, kind), own);
            }
            for (name, refusal) in entries(refusals) {
                let response = object(target, "responses").get_mut(name).and_then(Value::as_object_mut);
                if let Some(response) = response.filter(|response| !response.contains_key("$ref")) {
                    *response = with_refusal(mem::take(response), refusal);
                }
            }
            if self.replaces_scheme {
                let scheme = components["securitySchemes"][SCHEME_NAME].clone();
                object(target, "securitySchemes").insert(SCHEME_NAME.to_owned(), scheme);
            }
        }
        UnmatchedOperationsError::check(missing)
    }
}

fn unmatched(path: &str, method: &str) -> String {
    format!("`{} {path}`", method.to_uppercase())
}

/// The operation at a path of the same shape: parameters may have other names.
fn find<'a>(paths: &'a mut Paths, path: &str, method: &str) -> Option<&'a mut Operation> {
    let method = METHODS.iter().find(|it| name(it) == method)?;
    let mut same = paths.paths.iter_mut().filter(|(own, _)| shape(own) == shape(path));
    same.find_map(|(_, item)| slot(item, method).as_mut())
}

pub(super) fn slot<'a>(item: &'a mut PathItem, method: &HttpMethod) -> &'a mut Option<Operation> {
    match method {
        HttpMethod::Delete => &mut item.delete,
        HttpMethod::Get => &mut item.get,
        HttpMethod::Head => &mut item.head,
        HttpMethod::Options => &mut item.options,
        HttpMethod::Patch => &mut item.patch,
        HttpMethod::Post => &mut item.post,
        HttpMethod::Put => &mut item.put,
        HttpMethod::Trace => &mut item.trace,
    }
}

pub(super) fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Delete => "delete",
        HttpMethod::Get => "get",
        HttpMethod::Head => "head",
        HttpMethod::Options => "options",
        HttpMethod::Patch => "patch",
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Trace => "trace",
    }
}

/// A path without the names of its parameters.
pub(crate) fn shape(path: &str) -> String {
    let parts = path.split('{').enumerate();
    let part = |(at, part): (usize, &str)| match (at, part.split_once('}')) {
        (1.., Some((_, rest))) => format!("{{}}{rest}"),
        _ => part.to_owned(),
    };
    parts.map(part).collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The member as an object: whatever else a document has there is none.
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
