use axum::http::Method;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, Schema};

use super::path_item::to_http;
use crate::http::HandlerInfo;

/// A handler with `#[utoipa::path]`. The hidden type of the handler implements it.
pub trait DocumentedHandler: HandlerInfo {
    /// The type for which utoipa's attribute implements its traits. Its operation does not have the handler's access.
    type Path: Path + SchemaReferences + for<'t> Tags<'t>;
    /// Whether the attribute has an `operation_id`.
    const HAS_OPERATION_ID: bool;
}

/// The description of a handler in `#[utoipa::path]`.
#[derive(Clone)]
pub(crate) struct Description {
    pub(crate) path: String,
    pub(crate) methods: Vec<Method>,
    pub(super) operation: Operation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    /// Whether the user wrote the operation id. Otherwise it is utoipa's: the handler's name.
    has_written_id: bool,
}

impl Description {
    pub(crate) fn of<H: DocumentedHandler>() -> Self {
        let mut operation = H::Path::operation();
        let tags = H::Path::tags();
        if !tags.is_empty() {
            operation.tags.get_or_insert_default().extend(tags.into_iter().map(str::to_owned));
        }
        let mut schemas = Vec::new();
        H::Path::schemas(&mut schemas);
        let methods = H::Path::methods().iter().map(to_http).collect();
        let is_name = |id: &String| id.trim_start_matches("r#") == H::SOURCE.name;
        let has_written_id = H::HAS_OPERATION_ID || !operation.operation_id.as_ref().is_none_or(is_name);
        Self { path: H::Path::path(), methods, operation, schemas, has_written_id }
    }

    /// Returns the operation id that the user wrote.
    pub(super) fn written_id(&self) -> Option<&str> {
        self.operation.operation_id.as_deref().filter(|_| self.has_written_id)
    }
}
