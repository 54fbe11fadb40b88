//! Adds refusals to the responses of operations. A response that the operation documents for the same status keeps its
//! description, headers and media types, and gets the refusal's headers and media type beside them.
//!
//! The responses are JSON: documents of all kinds have that form.

use serde_json::{Map, Value, json};

use super::refusals::{PROBLEM, PROBLEM_JSON, REFUSALS, Refusals};

/// The longest chain of references that is followed. References may be circular.
const MAX_REFERENCES: usize = 8;

/// A component of the refusals.
pub(super) struct Refusal<'a> {
    pub(super) name: &'a str,
    pub(super) response: Value,
    /// The media type of the body.
    pub(super) media_type: &'a str,
    /// Whether the document may have refusals of this crate's own format, which this one replaces.
    pub(super) replaces_problem: bool,
}

impl<'a> Refusal<'a> {
    pub(super) fn of(refusals: &'a Refusals, name: &'a str) -> Self {
        let response = serde_json::to_value(&refusals.responses[name]);
        Self {
            name,
            response: response.expect("a response of strings is always JSON"),
            media_type: &refusals.media_type,
            replaces_problem: !refusals.are_problems(),
        }
    }

    /// Returns the media types that describe the body, the most specific first: it hides the others (OpenAPI 3.1, section
    /// 4.8.17).
    fn media_types(&self) -> [String; 3] {
        let (kind, _) = self.media_type.split_once('/').unwrap_or((self.media_type, ""));
        [self.media_type.to_owned(), format!("{kind}/*"), "*/*".to_owned()]
    }
}

/// Adds a refusal to the responses of an operation: a reference if the operation documents no response for the status,
/// otherwise a copy of that response with the refusal beside its content. References are resolved among the components; a
/// reference that cannot be resolved stays.
pub(super) fn add_refusal(
    responses: &mut Map<String, Value>,
    status: &str,
    refusal: &Refusal<'_>,
    components: &Value,
) {
    let own = responses.get(status).map(|own| resolved(own, components));
    let combined = match own {
        Some(None) => return,
        Some(Some(own)) => Value::Object(with_refusal(own, refusal)),
        None => match broader(responses, status, components) {
            Some(mut broader) => {
                broader.insert("description".to_owned(), refusal.response["description"].clone());
                Value::Object(with_refusal(broader, refusal))
            }
            None => json!({ "$ref": format!("#/components/responses/{}", refusal.name) }),
        },
    };
    responses.insert(status.to_owned(), combined);
}

/// Returns a response with the refusal beside its own content.
pub(super) fn with_refusal(mut own: Map<String, Value>, refusal: &Refusal<'_>) -> Map<String, Value> {
    let headers = own.entry("headers").or_insert_with(|| json!({}));
    if let Some(headers) = headers.as_object_mut() {
        for (name, header) in refusal.response["headers"].as_object().into_iter().flatten() {
            if !headers.keys().any(|other| other.eq_ignore_ascii_case(name)) {
                headers.insert(name.clone(), header.clone());
            }
        }
    }
    let content = own.entry("content").or_insert_with(|| json!({}));
    if let Some(content) = content.as_object_mut() {
        if refusal.replaces_problem {
            remove_problem(content);
        }
        let body = &refusal.response["content"][refusal.media_type];
        match refusal.media_types().iter().find_map(|media_type| content.get(media_type)) {
            None => {
                content.insert(refusal.media_type.to_owned(), body.clone());
            }
            Some(found) => {
                let either = found.get("schema").and_then(|schema| either(schema, &body["schema"]));
                if let Some(either) = either {
                    let mut found = found.clone();
                    found["schema"] = either;
                    content.insert(refusal.media_type.to_owned(), found);
                }
            }
        }
    }
    own
}

/// Removes the body that an attribute of a handler adds: attributes do not know the router.
fn remove_problem(content: &mut Map<String, Value>) {
    let problem = json!({ "$ref": format!("#/components/schemas/{PROBLEM}") });
    let Some(schema) = content.get_mut(PROBLEM_JSON).and_then(|content| content.get_mut("schema")) else {
        return;
    };
    if *schema == problem {
        content.remove(PROBLEM_JSON);
    } else if let Some([own, added]) = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice)
        && *added == problem
    {
        *schema = own.clone();
    }
}

/// Returns the response for the range of the status, or the default one. A response for the status hides it.
fn broader(responses: &Map<String, Value>, status: &str, components: &Value) -> Option<Map<String, Value>> {
    let range = format!("{}XX", status.get(..1)?);
    let found = [range.as_str(), "default"].into_iter().find_map(|key| responses.get(key))?;
    let has_content = |response: &Map<String, Value>| {
        response.get("content").and_then(Value::as_object).is_some_and(|content| !content.is_empty())
    };
    resolved(found, components).filter(has_content)
}

/// Resolves a response that may be a reference. `None` for a reference to a refusal, and for one that cannot be resolved.
fn resolved(response: &Value, components: &Value) -> Option<Map<String, Value>> {
    let mut response = response;
    let mut description = None;
    for _ in 0..MAX_REFERENCES {
        let found = response.as_object()?;
        let Some(reference) = found.get("$ref") else {
            let mut found = found.clone();
            found.extend(description.map(|text: &Value| ("description".to_owned(), text.clone())));
            return Some(found);
        };
        let pointer = reference.as_str()?.strip_prefix("#/components")?;
        if pointer.strip_prefix("/responses/").is_some_and(is_refusal) {
            return None;
        }
        description = description.or(found.get("description"));
        response = components.pointer(pointer)?;
    }
    None
}

/// Returns whether the component is a refusal.
fn is_refusal(name: &str) -> bool {
    REFUSALS.iter().any(|(_, refusal)| *refusal == name)
}

/// Returns a schema of both, or `None` if the first includes the second.
fn either(schema: &Value, problem: &Value) -> Option<Value> {
    let any_of = schema.get("anyOf").and_then(Value::as_array);
    let includes = schema == problem || any_of.is_some_and(|any_of| any_of.contains(problem));
    (!includes).then(|| json!({ "anyOf": [schema, problem] }))
}
