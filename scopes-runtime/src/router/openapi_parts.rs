use utoipa::openapi::{Info, OpenApi, Paths};

use super::served_document::ServedDocument;
use crate::openapi::{PROBLEMS, Refusals, Schemes};

/// What the OpenAPI document of a router contains beside its operations.
pub(super) struct OpenApiParts {
    pub(super) openapi: OpenApi,
    pub(super) schemes: Schemes,
    /// `None` for those of this crate's own format.
    pub(super) refusals: Option<Refusals>,
    /// Those of the routes that serve the document, also of merged and nested routers.
    pub(super) served: Vec<ServedDocument>,
}

impl OpenApiParts {
    pub(super) fn refusals(&self) -> &Refusals {
        self.refusals.as_ref().unwrap_or(&PROBLEMS)
    }
}

impl Default for OpenApiParts {
    fn default() -> Self {
        let openapi = OpenApi::new(Info::new("API", "0.1.0"), Paths::new());
        Self { openapi, schemes: Schemes::default(), refusals: None, served: Vec::new() }
    }
}
