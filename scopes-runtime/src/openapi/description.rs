//! The operation in `#[utoipa::path]`, read from the hidden type of a handler.

use axum::http::Method;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use super::path_item::to_http;
use crate::http::{
    AttributeOperation, Describe, DescriptionOf, HandlerInfo, HandlerSource, SignatureDescription,
};
use crate::operation;

/// A handler with `#[utoipa::path]`. The hidden type of the handler implements it.
pub trait DocumentedHandler: HandlerInfo {
    /// The type for which utoipa's attribute implements its traits. Its operation does not have the handler's access. Without a
    /// bound, so that a crate without the dependency utoipa gets one error, at the attribute.
    type Path;
    /// Whether the attribute has an `operation_id`.
    const HAS_OPERATION_ID: bool;
}

/// A type for which utoipa's attribute has implemented its traits.
pub trait UtoipaPath: Path + SchemaReferences + for<'t> Tags<'t> {}

impl<P: Path + SchemaReferences + for<'t> Tags<'t>> UtoipaPath for P {}

/// Returns the path in the attribute.
pub(crate) fn path_of<H: DocumentedHandler<Path: UtoipaPath>>() -> String {
    H::Path::path()
}

/// Returns the methods in the attribute.
pub(crate) fn methods_of<H: DocumentedHandler<Path: UtoipaPath>>() -> Vec<Method> {
    H::Path::methods().iter().map(to_http).collect()
}

impl<H: DocumentedHandler<Path: UtoipaPath>> DescriptionOf<H> {
    /// Describes the operation. The macros read it in place of the types in the signature.
    pub const __SCOPES_ATTRIBUTE: Describe = Some(describe_attribute::<H>);
}

fn describe_attribute<H: DocumentedHandler<Path: UtoipaPath>>(all: &mut SignatureDescription) {
    let mut operation = H::Path::operation();
    let tags = H::Path::tags();
    if !tags.is_empty() {
        operation.tags.get_or_insert_default().extend(tags.into_iter().map(str::to_owned));
    }
    H::Path::schemas(&mut all.schemas);
    let is_name = |id: &String| id.trim_start_matches("r#") == H::SOURCE.name();
    let has_written_id = H::HAS_OPERATION_ID || !operation.operation_id.as_ref().is_none_or(is_name);
    all.attribute = Some(AttributeOperation { operation, has_written_id });
}

/// The description of a handler in `#[utoipa::path]`.
pub(super) struct Description {
    attribute: AttributeOperation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// Returns `None` for a handler without the attribute.
    pub(super) fn of(handler: &HandlerSource) -> Option<Self> {
        // A handler with the attribute has no output, so the types of other handlers are not described here.
        if handler.describes_output() {
            return None;
        }
        let mut all = SignatureDescription::default();
        handler.describe_types(&mut all);
        Some(Self { attribute: all.attribute?, schemas: all.schemas })
    }

    /// Returns the operation without the path parameters that `path` does not contain: OpenAPI requires that each one is in the
    /// path.
    pub(super) fn operation_at(&self, path: &str) -> Operation {
        let mut operation = self.attribute.operation.clone();
        retain_parameters_of(path, operation.parameters.as_mut());
        operation
    }

    /// Returns the operation id that the user wrote.
    pub(super) fn written_id(&self) -> Option<&str> {
        let AttributeOperation { operation, has_written_id } = &self.attribute;
        operation.operation_id.as_deref().filter(|_| *has_written_id)
    }
}

/// Removes the path parameters that are not in the path.
pub(super) fn retain_parameters_of(path: &str, parameters: Option<&mut Vec<RefOr<Parameter>>>) {
    if let Some(parameters) = parameters {
        parameters.retain(|parameter| match parameter {
            RefOr::T(parameter) => {
                !matches!(parameter.parameter_in, ParameterIn::Path)
                    || operation::parameters(path).any(|name| name == parameter.name)
            }
            RefOr::Ref(_) => true,
        });
    }
}
