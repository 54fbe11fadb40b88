//! OpenAPI documents.

mod agreement;
mod aide;
mod descriptions;
mod document;
mod documented;
mod fragment;
mod refusal_schema;
mod scheme;
mod servers;
mod typed_paths;

use serde_json::{Value, json};

/// Returns the schema of the bodies of refusals.
fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "error": { "type": "string" },
            "scope": { "type": "string" },
            "acr_values": { "type": "string" },
            "max_age": { "type": "integer" },
            "alternatives": { "type": "array", "items": { "type": "string" } },
        },
    })
}
