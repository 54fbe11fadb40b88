use utoipa::openapi::{Info, OpenApi, Paths};

use crate::openapi::Schemes;

/// What the OpenAPI document of a router contains beside its operations.
pub(super) struct OpenApiParts {
    pub(super) openapi: OpenApi,
    pub(super) schemes: Schemes,
}

impl Default for OpenApiParts {
    fn default() -> Self {
        let openapi = OpenApi::new(Info::new("API", "0.1.0"), Paths::new());
        Self { openapi, schemes: Schemes::default() }
    }
}
