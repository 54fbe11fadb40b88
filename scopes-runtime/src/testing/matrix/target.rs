use axum::http::Method;

use super::exchange::TestRequest;
#[cfg(feature = "mcp")]
use crate::operation::ItemKind;
use crate::operation::{Methods, Operation};

/// Requests that reach one operation.
pub(super) struct Target {
    /// Method and path, as in the report.
    pub(super) operation: String,
    pub(super) method: Method,
    /// The path with parameters, in axum's syntax.
    pub(super) pattern: String,
    pub(super) path: String,
    /// The value of all parameters in the path.
    pub(super) value: String,
    /// Another value.
    pub(super) second_value: String,
    /// The path with the other value of its parameters, if it has any.
    pub(super) second_path: Option<String>,
    /// The body, in place of an empty JSON object.
    message: Option<String>,
}

pub(super) static METHODS: [Method; 9] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::OPTIONS,
    Method::TRACE,
    Method::CONNECT,
    Method::HEAD,
];

/// A last segment that no route has.
pub(super) const UNKNOWN: &str = "no-route-has-this-path";

impl Target {
    pub(super) fn of(operation: &Operation, all: &[Operation]) -> Self {
        let Operation { methods, path, .. } = operation;
        #[cfg(feature = "mcp")]
        if let (Methods::Item(kind), Some((endpoint, name))) = (methods, path.split_once('#')) {
            return Self::of_item(*kind, endpoint, name, all);
        }
        let (path, method) = match methods {
            Methods::One(method) => (path.clone(), method.clone()),
            Methods::Fallback => {
                let prefix = path.strip_suffix("/*").unwrap_or(path);
                (format!("{prefix}/{UNKNOWN}"), Method::GET)
            }
            // All paths share the handler of other methods: any path without a handler of any method has it.
            Methods::Other if is_no_route(operation) => {
                let served = |other: &&Operation| {
                    matches!(other.methods, Methods::One(_)) && !has(all, &other.path, &Methods::Any)
                };
                let path = all.iter().find(served).map_or(path, |other| &other.path);
                (path.clone(), free_method(all, path))
            }
            // Gets no requests.
            Methods::Unlisted => (path.clone(), Method::GET),
            #[cfg(feature = "mcp")]
            Methods::Item(_) => (path.clone(), Method::POST),
            Methods::Any | Methods::Other => (path.clone(), free_method(all, path)),
        };
        let (value, second_value) = (number(all), word(all));
        let (first, second) = (filled(&path, &value), filled(&path, &second_value));
        Self {
            operation: format!("{methods} {}", operation.path),
            method,
            second_path: (first != second).then_some(second),
            second_value,
            path: first,
            value,
            pattern: path,
            message: None,
        }
    }

    /// Returns the target of a message to an MCP endpoint, without arguments.
    #[cfg(feature = "mcp")]
    fn of_item(kind: ItemKind, endpoint: &str, name: &str, all: &[Operation]) -> Self {
        let (method, params) = match kind {
            ItemKind::Tool => ("tools/call", serde_json::json!({ "name": name, "arguments": {} })),
            ItemKind::Prompt => ("prompts/get", serde_json::json!({ "name": name, "arguments": {} })),
            ItemKind::Resource => {
                ("resources/read", serde_json::json!({ "uri": filled(name, &number(all)) }))
            }
        };
        let message = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        Self {
            operation: format!("{} {endpoint}#{name}", Methods::Item(kind)),
            method: Method::POST,
            pattern: endpoint.to_owned(),
            path: filled(endpoint, &number(all)),
            value: number(all),
            second_value: word(all),
            second_path: None,
            message: Some(message.to_string()),
        }
    }

    pub(super) fn with_body(self, json: &str) -> Self {
        Self { message: Some(json.to_owned()), ..self }
    }

    /// Returns the path with the value of its parameters percent-encoded, which is the same value.
    pub(super) fn encoded_path(&self) -> String {
        let encoded: String = self.value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        filled(&self.pattern, &encoded)
    }

    /// Returns the request without credentials.
    pub(super) fn request(&self) -> TestRequest {
        let request = TestRequest::new(&self.method, &self.path);
        match &self.message {
            Some(message) => request.json(message),
            None => request,
        }
    }
}

/// Returns whether the operation has a path that is no route: `/*` of fallbacks, or `/**` of unlisted routes.
pub(super) fn is_no_route(operation: &Operation) -> bool {
    operation.path.ends_with("/*") || operation.methods == Methods::Unlisted
}

/// Returns whether a router whose routes are not known may serve the path.
pub(super) fn may_be_unlisted(all: &[Operation], path: &str) -> bool {
    let unlisted = all.iter().filter(|operation| operation.methods == Methods::Unlisted);
    unlisted.map(|operation| operation.path.trim_end_matches("**")).any(|prefix| path.starts_with(prefix))
}

pub(super) fn has(all: &[Operation], path: &str, methods: &Methods) -> bool {
    all.iter().any(|operation| operation.path == path && operation.methods == *methods)
}

/// Returns a method that has no handler of its own at the path.
fn free_method(all: &[Operation], path: &str) -> Method {
    free_methods(all, path).next().cloned().unwrap_or_else(unlisted)
}

/// Returns the methods but `HEAD`, which follows `GET`, that have no handler of their own at the path.
pub(super) fn free_methods(all: &[Operation], path: &str) -> impl Iterator<Item = &'static Method> {
    let [methods @ .., _head] = &METHODS;
    methods.iter().filter(move |method| !has(all, path, &Methods::One((*method).clone())))
}

/// Returns a method that no handler names.
pub(super) fn unlisted() -> Method {
    Method::from_bytes(b"OTHER").expect("a token")
}

/// Returns a number that is a segment of no path.
fn number(all: &[Operation]) -> String {
    (1_u32..).map(|number| number.to_string()).find(|number| is_free(all, number)).expect("paths are finite")
}

/// Returns a word that is a segment of no path.
fn word(all: &[Operation]) -> String {
    let mut word = "word".to_owned();
    while !is_free(all, &word) {
        word.push('s');
    }
    word
}

fn is_free(all: &[Operation], value: &str) -> bool {
    all.iter().all(|operation| operation.path.split('/').all(|segment| segment != value))
}

/// Returns the path, or the names of scopes, with the value for each parameter. A brace is escaped by a second one.
pub(super) fn filled(path: &str, value: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((at, brace)) = rest.char_indices().find(|(_, character)| "{}".contains(*character)) {
        filled.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        rest = match after.strip_prefix(brace) {
            Some(after) => {
                filled.push(brace);
                after
            }
            None => {
                filled.push_str(value);
                after.split_once('}').map_or("", |(_, after)| after)
            }
        };
    }
    filled + rest
}
