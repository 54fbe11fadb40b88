use axum::http::Method;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use super::path_item::to_http;
use crate::http::{AttributeOperation, HandlerInfo, HandlerSource, SignatureDescription};
use crate::operation;

/// A handler with `#[utoipa::path]`. The hidden type of the handler implements it.
pub trait DocumentedHandler: HandlerInfo {
    /// The type for which utoipa's attribute implements its traits. Its operation does not have the handler's access.
    type Path: Path + SchemaReferences + for<'t> Tags<'t>;
    /// Whether the attribute has an `operation_id`.
    const HAS_OPERATION_ID: bool;
}

/// Returns the path in the attribute.
pub(crate) fn path_of<H: DocumentedHandler>() -> String {
    H::Path::path()
}

/// Returns the methods in the attribute.
pub(crate) fn methods_of<H: DocumentedHandler>() -> Vec<Method> {
    H::Path::methods().iter().map(to_http).collect()
}

/// Adds what the attribute describes. The macros name this function in place of the types in the signature.
pub fn describe_attribute<H: DocumentedHandler>(all: &mut SignatureDescription) {
    let mut operation = H::Path::operation();
    let tags = H::Path::tags();
    if !tags.is_empty() {
        operation.tags.get_or_insert_default().extend(tags.into_iter().map(str::to_owned));
    }
    H::Path::schemas(&mut all.schemas);
    let is_name = |id: &String| id.trim_start_matches("r#") == H::SOURCE.name;
    let has_written_id = H::HAS_OPERATION_ID || !operation.operation_id.as_ref().is_none_or(is_name);
    all.attribute = Some(AttributeOperation { operation, has_written_id });
}

/// The description of a handler in `#[utoipa::path]`.
pub(super) struct Description {
    operation: Operation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    has_written_id: bool,
}

impl Description {
    /// Returns `None` for a handler without the attribute.
    pub(super) fn of(handler: &HandlerSource) -> Option<Self> {
        if handler.output.is_some() {
            return None;
        }
        let mut all = SignatureDescription::default();
        handler.arguments.iter().flatten().for_each(|describe| describe(&mut all));
        let AttributeOperation { operation, has_written_id } = all.attribute?;
        Some(Self { operation, schemas: all.schemas, has_written_id })
    }

    /// Returns the operation at a path. The route sets the path, so it may lack parameters that the attribute describes, and
    /// would make the document invalid.
    pub(super) fn operation_at(&self, path: &str) -> Operation {
        let mut operation = self.operation.clone();
        if let Some(parameters) = &mut operation.parameters {
            parameters.retain(|parameter| match parameter {
                RefOr::T(parameter) => {
                    !matches!(parameter.parameter_in, ParameterIn::Path)
                        || operation::parameters(path).any(|name| name == parameter.name)
                }
                RefOr::Ref(_) => true,
            });
        }
        operation
    }

    /// Returns the operation id that the user wrote.
    pub(super) fn written_id(&self) -> Option<&str> {
        self.operation.operation_id.as_deref().filter(|_| self.has_written_id)
    }
}
