//! Descriptions of operations from the router and the handlers alone.

use std::collections::BTreeMap;
use std::mem;

use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Deprecated, RefOr, Response, Schema};

use super::handler_signature::path_parameter;
use crate::http::{HandlerSource, SignatureDescription};
use crate::operation;

/// Returns the description of a handler without `#[utoipa::path]`, from its name, doc comment and signature. Adds the schemas
/// of the types in the signature.
pub(super) fn default_operation(
    handler: &HandlerSource,
    method: &HttpMethod,
    path: &str,
    schemas: &mut BTreeMap<String, RefOr<Schema>>,
) -> Operation {
    let (summary, description) = summary_and_description(handler);
    let mut described = describe_signature(handler, schemas);
    let parameters = parameters(path, &mut described);
    let other =
        if described.response.is_some() { "Any other response." } else { "The response of the operation." };
    // A form is the query of GET and HEAD.
    let has_body = !matches!(method, HttpMethod::Get | HttpMethod::Head | HttpMethod::Trace);
    let mut operation = OperationBuilder::new()
        .summary(summary)
        .description(description)
        .deprecated(handler.deprecated.then_some(Deprecated::True))
        .request_body(described.request_body.filter(|_| has_body))
        .response("default", Response::new(other))
        .build();
    operation
        .responses
        .responses
        .extend(described.response.map(|(status, response)| (status.to_owned(), RefOr::T(response))));
    operation.parameters = (!parameters.is_empty()).then_some(parameters);
    operation
}

/// Returns the parameters of the path, in its order, and those of the query. axum gives values to a tuple by position, and
/// refuses each request if their number differs from that of the path's parameters.
fn parameters(path: &str, described: &mut SignatureDescription) -> Vec<RefOr<Parameter>> {
    let is_in_path = |parameter: &Parameter| matches!(parameter.parameter_in, ParameterIn::Path);
    let (mut by_name, query): (Vec<_>, Vec<_>) =
        mem::take(&mut described.parameters).into_iter().partition(is_in_path);
    let mut by_position = mem::take(&mut described.path_values);
    if by_position.len() != operation::parameters(path).count() {
        by_position.clear();
    }
    let mut by_position = by_position.into_iter();
    let in_path = operation::parameters(path).map(|name| {
        let value = by_position.next().flatten();
        match by_name.iter().position(|parameter| parameter.name == name) {
            Some(index) => by_name.remove(index),
            None => path_parameter(name, value.unwrap_or_else(text)),
        }
    });
    in_path.chain(query).map(RefOr::T).collect()
}

fn text() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

/// Returns the descriptions of the types in the signature. If another type has a schema of the same name, the schemas are left
/// out.
fn describe_signature(
    handler: &HandlerSource,
    schemas: &mut BTreeMap<String, RefOr<Schema>>,
) -> SignatureDescription {
    let mut all = SignatureDescription::default();
    handler.describe_types(&mut all);
    let mut added = BTreeMap::new();
    for (name, schema) in mem::take(&mut all.schemas) {
        let other = schemas.get(&name).or_else(|| added.get(&name));
        if other.is_some_and(|other| *other != schema) {
            let response =
                all.response.map(|(status, response)| (status, Response::new(response.description)));
            return SignatureDescription { response, ..SignatureDescription::default() };
        }
        added.insert(name, schema);
    }
    schemas.extend(added);
    all
}

/// Returns the words of the name: `Read own items` for `read_own_items`.
fn summary_of_name(name: &str) -> Option<String> {
    let words = name.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let first = words.chars().next()?;
    Some(format!("{}{}", first.to_uppercase(), &words[first.len_utf8()..]))
}

/// Returns the description of a service.
pub(super) fn service_operation() -> Operation {
    OperationBuilder::new().response("default", Response::new("The response of the service.")).build()
}

/// Adds the parameters of the path that the operation does not describe.
pub(super) fn describe_parameters(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    for name in operation::parameters(path) {
        let is_described = |parameter: &RefOr<Parameter>| match parameter {
            RefOr::T(parameter) => {
                parameter.name == name && matches!(parameter.parameter_in, ParameterIn::Path)
            }
            // It may describe this parameter, and a second description would make the document invalid.
            RefOr::Ref(_) => true,
        };
        if !parameters.iter().any(is_described) {
            parameters.push(path_parameter(name, text()).into());
        }
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
}

/// Returns the first paragraph of the doc comment, or the words of the name if there is no comment, and the rest of the
/// comment.
pub(super) fn summary_and_description(handler: &HandlerSource) -> (Option<String>, Option<String>) {
    let documentation = handler.documentation;
    let (summary, description) = documentation.split_once("\n\n").unwrap_or((documentation, ""));
    let given = |text: String| (!text.is_empty()).then_some(text);
    let summary: Vec<_> = summary.lines().map(str::trim).collect();
    (
        given(summary.join(" ")).or_else(|| summary_of_name(handler.name())),
        given(description.trim().to_owned()),
    )
}
