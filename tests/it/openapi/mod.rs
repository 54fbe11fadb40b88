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
mod signature;
mod typed_paths;
mod vocabulary;

use serde_json::{Value, json};

/// Removes the scopes from the security schemes of a document or a fragment, after a check that each scheme has them as
/// `x-scopes`, and all of them in its description.
pub(crate) fn without_vocabularies(mut document: Value) -> Value {
    let schemes = document.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut);
    for (name, scheme) in schemes.into_iter().flatten() {
        let kind = scheme["type"].clone();
        let Some(scheme) =
            scheme.as_object_mut().filter(|_| kind == "oauth2" || kind == "openIdConnect" || kind == "http")
        else {
            continue;
        };
        if let Some(scopes) = scheme.remove("x-scopes") {
            let description = scheme.remove("description");
            let description = description.as_ref().and_then(Value::as_str).expect("a description");
            let scopes = scopes.as_object().expect("scopes by name");
            assert!(
                scopes.keys().all(|scope| description.contains(&format!("\n- `{scope}`: "))),
                "{name}: {description}"
            );
            for flow in scheme.get("flows").and_then(Value::as_object).into_iter().flatten() {
                let in_flow = flow.1["scopes"].as_object().expect("scopes by name");
                assert!(in_flow.keys().eq(scopes.keys()), "{name}");
            }
        }
    }
    document
}

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
