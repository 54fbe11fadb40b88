//! The model of an application's operations. The router writes it; the OpenAPI document, the access report, the lock file and
//! the scope matrix read it.

mod access;
mod handler;
mod methods;
mod operation_guard;
mod path;

use serde::Serialize;

pub(crate) use access::Access;
pub(crate) use handler::Handler;
#[cfg(feature = "mcp")]
pub(crate) use methods::ItemKind;
pub(crate) use methods::Methods;
pub(crate) use operation_guard::OperationGuard;
pub(crate) use path::{nested, parameters, shape};

/// What an application does with the requests of some methods to one path, and who may call it. Serialized as in the access
/// report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Operation {
    #[serde(rename = "method")]
    pub(crate) methods: Methods,
    /// In axum's syntax.
    pub(crate) path: String,
    /// `None` for a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handler: Option<Handler>,
    #[serde(flatten)]
    pub(crate) access: Access,
}

impl Operation {
    /// Returns the operation of a handler with this guard.
    pub(crate) fn of<G: OperationGuard>(path: String, methods: Methods) -> Self {
        Self { methods, path, handler: Some(Handler::of::<G::Handler>()), access: G::access() }
    }

    /// Returns the path of the MCP endpoint, if this is one of its items.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        let (endpoint, _) = self.path.split_once('#').filter(|_| self.methods.are_of_item())?;
        Some(endpoint)
    }

    /// Returns whether exactly one parameter of the path or one extractor gives the value of this parameter of a scope.
    pub(crate) fn has_one_source_of(&self, parameter: &str) -> bool {
        // The item of an MCP endpoint has parameters of its own.
        let path = self.endpoint().unwrap_or(&self.path);
        let of_path = parameters(path).filter(|name| *name == parameter).count();
        let is_given =
            matches!(&self.access, Access::Scoped(requirements) if requirements.has_extractor_of(parameter));
        of_path + usize::from(is_given) == 1
    }

    /// Returns the operation with its path under a prefix, as `Router::nest` does it.
    pub(crate) fn under(self, prefix: &str) -> Self {
        Self { path: nested(prefix, &self.path), ..self }
    }
}
