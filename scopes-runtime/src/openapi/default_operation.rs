//! Descriptions of operations from the router alone.

use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Deprecated, RefOr, Required, Response};

use crate::operation::Handler;

/// Returns the description of a handler without `#[utoipa::path]`.
pub(super) fn default_operation(handler: &Handler) -> Operation {
    let (summary, description) = summary_and_description(handler.documentation);
    OperationBuilder::new()
        .summary(summary)
        .description(description)
        .deprecated(handler.deprecated.then_some(Deprecated::True))
        .response("default", Response::new("The response of the operation."))
        .build()
}

/// Returns the description of a service.
pub(super) fn service_operation() -> Operation {
    OperationBuilder::new().response("default", Response::new("The response of the service.")).build()
}

/// Adds the parameters of the path that the operation does not describe.
pub(super) fn describe_parameters(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    for name in parameter_names(path) {
        let is_described = |parameter: &RefOr<Parameter>| match parameter {
            RefOr::T(parameter) => {
                parameter.name == name && matches!(parameter.parameter_in, ParameterIn::Path)
            }
            // It may describe this parameter, and a second description would make the document invalid.
            RefOr::Ref(_) => true,
        };
        if !parameters.iter().any(is_described) {
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
            parameters.push(parameter.build().into());
        }
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
}

/// Splits a doc comment into its first paragraph and the rest.
pub(super) fn summary_and_description(documentation: &str) -> (Option<String>, Option<String>) {
    let (summary, description) = documentation.split_once("\n\n").unwrap_or((documentation, ""));
    let given = |text: String| (!text.is_empty()).then_some(text);
    let summary: Vec<_> = summary.lines().map(str::trim).collect();
    (given(summary.join(" ")), given(description.trim().to_owned()))
}

/// Returns the names between braces.
fn parameter_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}
