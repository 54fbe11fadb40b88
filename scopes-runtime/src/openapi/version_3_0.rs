//! Conversion of documents to OpenAPI 3.0.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// Members that OpenAPI 3.1 and 3.2 have added to objects other than schemas.
#[rustfmt::skip]
const ADDED: [&str; 10] = [
    "$self", "additionalOperations", "itemEncoding", "itemSchema", "jsonSchemaDialect", "mediaTypes", "pathItems",
    "prefixEncoding", "query", "webhooks",
];

/// The keywords of schemas in OpenAPI 3.0, and `$ref`.
#[rustfmt::skip]
const KEYWORDS: [&str; 36] = [
    "$ref", "additionalProperties", "allOf", "anyOf", "default", "deprecated", "description", "discriminator", "enum", "example",
    "exclusiveMaximum", "exclusiveMinimum", "externalDocs", "format", "items", "maxItems", "maxLength", "maxProperties",
    "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "nullable", "oneOf", "pattern",
    "properties", "readOnly", "required", "title", "type", "uniqueItems", "writeOnly", "xml",
];

/// Converts a document to OpenAPI 3.0.3, for tools that do not read 3.1, such as progenitor.
///
/// progenitor also requires that all errors of an operation have one type: document the same body for each, or leave errors
/// out.
///
/// ```
/// use scopes_runtime::openapi::to_openapi_3_0;
/// # use utoipa::openapi::{Info, OpenApi, Paths};
/// # let document = OpenApi::new(Info::new("API", "1"), Paths::new());
///
/// let older = to_openapi_3_0(&document);
/// assert_eq!(older["openapi"], "3.0.3");
/// ```
///
/// - **Schemas**: The type `null` becomes `nullable`. Several types become `anyOf`, and a `$ref` with other keywords becomes
///   `allOf`. The first of `examples` becomes `example`. Numbers in `exclusiveMinimum` and `exclusiveMaximum` move to
///   `minimum` and `maximum`. `prefixItems` become `items`, and base64 becomes the format `byte`. Other keywords of 3.1 are
///   left out.
/// - **Security**: 3.0 has scopes in `security` for OAuth2 and OpenID Connect only. Those of other schemes are left out there,
///   and stay in `x-scopes` and in the descriptions. A scheme for client certificates (`mutualTLS`) becomes an HTTP scheme of
///   the same name, so that no operation appears to accept requests without a certificate. The device authorization flow is
///   left out.
/// - **Left out**: webhooks, the SPDX identifier of the license, the summaries of the API and of responses, and the other
///   members that 3.1 and 3.2 have added.
///
/// # Panics
///
/// Panics if an extension of the document cannot be serialized to JSON.
#[must_use]
pub fn to_openapi_3_0(document: &OpenApi) -> Value {
    let mut document = serde_json::to_value(document).expect("the document and its extensions are JSON");
    document["openapi"] = "3.0.3".into();
    remove(&mut document["info"], &["summary"]);
    if let Some(license) = document.pointer_mut("/info/license") {
        remove(license, &["identifier"]);
    }
    let mut without_scopes = Vec::new();
    if let Some(Value::Object(schemes)) = document.pointer_mut("/components/securitySchemes") {
        for (name, scheme) in schemes {
            convert_security_scheme(scheme);
            if !matches!(scheme["type"].as_str(), Some("oauth2" | "openIdConnect")) {
                without_scopes.push(name.clone());
            }
        }
    }
    convert_object(&mut document, &without_scopes);
    document
}

fn convert_security_scheme(scheme: &mut Value) {
    remove(scheme, &["deprecated", "oauth2MetadataUrl"]);
    if let Some(flows) = scheme.get_mut("flows") {
        remove(flows, &["deviceAuthorization"]);
    }
    if scheme["type"] == "mutualTLS" {
        scheme["type"] = "http".into();
        scheme["scheme"] = "mutual-tls".into();
        if scheme["description"].is_null() {
            scheme["description"] = "A client certificate (mutual TLS).".into();
        }
    }
}

/// Converts an object that is not a schema, and all objects in it. `without_scopes` names security schemes.
fn convert_object(object: &mut Value, without_scopes: &[String]) {
    remove(object, &ADDED);
    let Value::Object(members) = object else { return };
    for (name, value) in members {
        match &**name {
            "schema" => convert_schema(value),
            "schemas" => each(value, &mut convert_schema),
            "security" => each(value, &mut |alternative| {
                for (scheme, scopes) in alternative.as_object_mut().into_iter().flatten() {
                    if without_scopes.contains(scheme) {
                        *scopes = json!([]);
                    }
                }
            }),
            "servers" => each(value, &mut |server| remove(server, &["name"])),
            "tags" => each(value, &mut |tag| remove(tag, &["kind", "parent", "summary"])),
            "responses" => each(value, &mut |response| {
                remove(response, &["summary"]);
                if response.get("$ref").is_none() && response.get("description").is_none() {
                    response["description"] = "".into();
                }
                convert_object(response, without_scopes);
            }),
            "parameters" => {
                if let Value::Array(parameters) = value {
                    parameters.retain(|parameter| parameter["in"] != "querystring");
                }
                each(value, &mut |parameter| convert_object(parameter, without_scopes));
            }
            "content" | "encoding" | "headers" | "paths" | "requestBodies" => {
                each(value, &mut |object| convert_object(object, without_scopes));
            }
            "callbacks" => each(value, &mut |callback| {
                each(callback, &mut |item| convert_object(item, without_scopes));
            }),
            "components" | "delete" | "get" | "head" | "options" | "patch" | "post" | "put"
            | "requestBody" | "trace" => convert_object(value, without_scopes),
            _ => {}
        }
    }
}

fn convert_schema(value: &mut Value) {
    let Value::Object(object) = value else {
        *value = if *value == Value::Bool(false) { json!({ "not": {} }) } else { json!({}) };
        return;
    };
    let mut nullable = false;
    for combinator in ["oneOf", "anyOf"] {
        let Some(Value::Array(branches)) = object.get_mut(combinator) else { continue };
        let all = branches.len();
        branches.retain(|branch| branch["type"] != "null");
        nullable |= branches.len() < all;
        if branches.len() == 1 && !object.contains_key("allOf") {
            let only = object.remove(combinator).expect("it was found above");
            object.insert("allOf".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut items)) = object.remove("prefixItems") {
        match object.remove("items") {
            Some(Value::Bool(false)) => {
                object.entry("maxItems").or_insert(items.len().into());
            }
            others => items.push(others.unwrap_or_else(|| json!({}))),
        }
        object.insert("items".to_owned(), json!({ "anyOf": items }));
    }
    for (keyword, child) in &mut *object {
        match &**keyword {
            "items" | "not" => convert_schema(child),
            "additionalProperties" if !child.is_boolean() => convert_schema(child),
            "allOf" | "anyOf" | "oneOf" | "properties" => each(child, &mut convert_schema),
            _ => {}
        }
    }
    convert_types(object, nullable);
    convert_limit(object, "minimum", "exclusiveMinimum", f64::gt);
    convert_limit(object, "maximum", "exclusiveMaximum", f64::lt);
    if let Some(first) = object.remove("examples").and_then(|mut examples| Some(examples.get_mut(0)?.take()))
    {
        object.entry("example").or_insert(first);
    }
    if object.remove("contentEncoding") == Some("base64".into()) {
        object.entry("format").or_insert("byte".into());
    }
    object.retain(|keyword, _| KEYWORDS.contains(&&**keyword) || keyword.starts_with("x-"));
    if object.len() > 1
        && let Some(reference) = object.remove("$ref")
    {
        require(object, json!({ "$ref": reference }));
    }
}

/// Sets one type, and `nullable`, which readers such as progenitor also understand beside `allOf`.
fn convert_types(object: &mut Map<String, Value>, mut nullable: bool) {
    let mut types = match object.remove("type") {
        Some(Value::Array(types)) => types,
        single => Vec::from_iter(single),
    };
    let all = types.len();
    types.retain(|name| name != "null");
    nullable |= types.len() < all;
    if types.iter().any(|name| name == "array") {
        object.entry("items").or_insert(json!({}));
    }
    match &*types {
        [] if all > 0 => {
            object.insert("enum".to_owned(), json!([null]));
        }
        [] => {}
        [single] => {
            object.insert("type".to_owned(), single.clone());
        }
        _ => {
            // `items` is required for arrays, and ignored for other types.
            let branch = |name| json!({ "type": name, "nullable": nullable, "items": {} });
            require(object, json!({ "anyOf": types.iter().map(branch).collect::<Vec<_>>() }));
        }
    }
    if nullable {
        object.insert("nullable".to_owned(), true.into());
    }
}

/// Replaces a number in `exclusive` by `true`, unless `bound` is stricter.
fn convert_limit(
    object: &mut Map<String, Value>,
    bound: &str,
    exclusive: &str,
    is_stricter: fn(&f64, &f64) -> bool,
) {
    let Some(number) = object.remove(exclusive) else { return };
    let (inclusive, limit) = (object.get(bound).and_then(Value::as_f64), number.as_f64());
    if inclusive.zip(limit).is_none_or(|(inclusive, limit)| !is_stricter(&inclusive, &limit)) {
        object.insert(bound.to_owned(), number);
        object.insert(exclusive.to_owned(), true.into());
    }
}

/// Adds a schema that values must also match.
fn require(object: &mut Map<String, Value>, schema: Value) {
    if let Value::Array(all) = object.entry("allOf").or_insert(json!([])) {
        all.push(schema);
    }
}

/// Calls `change` for each value of an object or a list.
fn each(value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Object(object) => object.values_mut().for_each(change),
        Value::Array(array) => array.iter_mut().for_each(change),
        _ => {}
    }
}

fn remove(value: &mut Value, names: &[&str]) {
    if let Value::Object(object) = value {
        object.retain(|name, _| !names.contains(&&**name));
    }
}
