//! OpenAPI documents.

mod access_text;
mod agreement;
mod aide;
mod body_schemas;
mod descriptions;
mod document;
mod documented;
mod fragment;
mod refusal_schema;
mod scheme;
mod servers;
mod signature;
mod signature_paths;
mod typed_paths;
mod version_3_0;
mod vocabulary;

use serde_json::{Value, json};

/// The description of responses with the status 401.
const UNAUTHENTICATED: &str = "The access token is missing or invalid (`invalid_token`), or its user did not authenticate as \
     required (`insufficient_user_authentication`).";

/// Removes what other tests check, so that the others need not repeat it: the requirements in the descriptions of operations,
/// the examples of refusals, and the scopes of the security schemes. Each scheme must have its scopes as `x-scopes`, and all of
/// them in its description.
pub(crate) fn essential(mut document: Value) -> Value {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flatten().filter_map(|(_, item)| item.as_object_mut());
    for operation in items.flatten().filter_map(|(_, operation)| operation.as_object_mut()) {
        let description = operation.get("description").and_then(Value::as_str).unwrap_or_default();
        if let Some(at) = description.find("**Access:** ") {
            let rest = description[..at].trim_end().to_owned();
            operation.remove("description");
            if !rest.is_empty() {
                operation.insert("description".to_owned(), rest.into());
            }
        }
    }
    remove_examples(&mut document);
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

fn remove_examples(part: &mut Value) {
    match part {
        Value::Object(members) => {
            let is_refusal = |example: &Value| example["status"].is_number() && example["detail"].is_string();
            if members.get("example").is_some_and(is_refusal) {
                members.remove("example");
            }
            members.values_mut().for_each(remove_examples);
        }
        Value::Array(elements) => elements.iter_mut().for_each(remove_examples),
        _ => {}
    }
}

/// Returns the schema of `WWW-Authenticate`.
pub(crate) fn challenge_schema() -> Value {
    json!({ "type": "string", "maxLength": 1_048_576, "pattern": "^[ -~]*$" })
}

/// Returns the schema of the bodies of refusals.
fn problem_schema() -> Value {
    let scope = json!({
        "type": "string", "maxLength": 1_048_576, "pattern": "^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$",
    });
    json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": { "type": "string", "maxLength": 64, "pattern": "^[ -~]*$" },
            "status": { "type": "integer", "format": "int64", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "maxLength": 256, "pattern": "^[ -~]*$" },
            "error": {
                "type": "string",
                "enum": ["invalid_request", "invalid_token", "insufficient_scope", "insufficient_user_authentication", "invalid_dpop_proof", "use_dpop_nonce"],
            },
            "scope": scope,
            "acr_values": { "type": "string", "maxLength": 1_048_576, "pattern": "^[ -~]*$" },
            "max_age": { "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX },
            "alternatives": { "type": "array", "items": scope, "maxItems": 64 },
        },
    })
}
