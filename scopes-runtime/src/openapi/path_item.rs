//! The operations of a document, by path and method.

use axum::http::Method;
use utoipa::openapi::path::{HttpMethod, Operation as OpenApiOperation, PathItem};
use utoipa::openapi::{OpenApi, Paths};

use crate::operation::{Access, Methods, Operation, shape};

/// The methods that OpenAPI describes, with their names in a document.
pub(super) const METHODS: [(HttpMethod, &str); 8] = [
    (HttpMethod::Delete, "delete"),
    (HttpMethod::Get, "get"),
    (HttpMethod::Head, "head"),
    (HttpMethod::Options, "options"),
    (HttpMethod::Patch, "patch"),
    (HttpMethod::Post, "post"),
    (HttpMethod::Put, "put"),
    (HttpMethod::Trace, "trace"),
];

/// Returns the name of the method in a document.
pub(super) fn name(method: &HttpMethod) -> &'static str {
    let (_, name) = METHODS.iter().find(|(other, _)| other == method).expect("the table has all methods");
    name
}

pub(super) fn to_http(method: &HttpMethod) -> Method {
    Method::from_bytes(name(method).to_uppercase().as_bytes()).expect("a method of HTTP")
}

/// Returns the methods that OpenAPI describes, of those that the operation serves. `all` are the operations of the router.
pub(super) fn served_methods(operation: &Operation, all: &[&Operation]) -> Vec<HttpMethod> {
    let has = |method: &str| {
        all.iter().any(|other| {
            let is_same = |one: &Method| one.as_str().eq_ignore_ascii_case(method);
            other.path == operation.path && matches!(&other.methods, Methods::One(one) if is_same(one))
        })
    };
    let is_served = |method: &str| match (&operation.access, &operation.methods) {
        (Access::Unchecked { .. }, _) | (_, Methods::Other | Methods::Fallback | Methods::Unlisted) => false,
        #[cfg(feature = "mcp")]
        (_, Methods::Item(_)) => false,
        (_, Methods::One(one)) => one.as_str().eq_ignore_ascii_case(method),
        // The handler of GET serves HEAD as well.
        (_, Methods::Any) => !(has(method) || method == "head" && has("get")),
    };
    METHODS.into_iter().filter(|(_, name)| is_served(name)).map(|(method, _)| method).collect()
}

/// Returns the shapes of the paths of services that check no tokens.
pub(super) fn unchecked_shapes(all: &[&Operation]) -> Vec<String> {
    let is_unchecked = |operation: &&&Operation| {
        matches!((&operation.access, &operation.methods), (Access::Unchecked { .. }, Methods::Any))
    };
    all.iter().filter(is_unchecked).map(|operation| shape(&openapi_path(operation))).collect()
}

/// Returns the path of an operation as OpenAPI writes it. axum escapes a brace by a second one; OpenAPI only has the braces
/// of parameters.
pub(super) fn openapi_path(operation: &Operation) -> String {
    operation.path.replace("{{", "%7B").replace("}}", "%7D").replace("{*", "{")
}

pub(super) fn slot<'a>(item: &'a mut PathItem, method: &HttpMethod) -> &'a mut Option<OpenApiOperation> {
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

/// Returns the operation of a method at a path of the same shape.
pub(super) fn find<'a>(paths: &'a mut Paths, path: &str, method: &str) -> Option<&'a mut OpenApiOperation> {
    let (method, _) = METHODS.iter().find(|(_, name)| *name == method)?;
    let mut same = paths.paths.iter_mut().filter(|(own, _)| shape(own) == shape(path));
    same.find_map(|(_, item)| slot(item, method).as_mut())
}

/// Returns all operations of a document, with path and method.
pub(super) fn operations(
    openapi: &mut OpenApi,
) -> impl Iterator<Item = (&str, &'static str, &mut OpenApiOperation)> {
    openapi.paths.paths.iter_mut().flat_map(|(path, item)| {
        let PathItem { delete, get, head, options, patch, post, put, trace, .. } = item;
        let slots = [delete, get, head, options, patch, post, put, trace];
        let operations = METHODS.into_iter().zip(slots);
        operations.filter_map(move |((_, name), slot)| Some((&**path, name, slot.as_mut()?)))
    })
}
