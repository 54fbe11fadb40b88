use axum::http::Method;

use crate::report::{ANY_METHOD, Operation};

/// Requests that reach one operation.
pub(super) struct Target {
    /// Method and path as the report has them.
    pub(super) operation: String,
    pub(super) method: Method,
    /// With parameters, as axum writes it.
    pub(super) pattern: String,
    pub(super) path: String,
    /// With other values of the parameters, where there are any.
    pub(super) second_path: Option<String>,
}

pub(super) const METHODS: [Method; 9] = [
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
        let Operation { method, path, .. } = operation;
        // No route can have this path: it is that of fallbacks.
        let (path, method) = match (path.strip_suffix("/*"), &**method) {
            (Some(prefix), ANY_METHOD) => (format!("{prefix}/{UNKNOWN}"), Method::GET),
            (Some(_), _) => {
                let served = |other: &&Operation| {
                    !other.path.ends_with("/*")
                        && !has(all, &other.path, ANY_METHOD)
                        && other.method != "OTHER"
                };
                let path = all.iter().find(served).map_or(&operation.path, |other| &other.path);
                (path.clone(), other(all, path))
            }
            (None, ANY_METHOD | "OTHER") => (path.clone(), other(all, path)),
            (None, method) => {
                (path.clone(), Method::from_bytes(method.as_bytes()).expect("a method of the report"))
            }
        };
        let (first, second) = (filled(&path, &number(all)), filled(&path, &word(all)));
        Self {
            operation: format!("{} {}", operation.method, operation.path),
            method,
            second_path: (first != second).then_some(second),
            path: first,
            pattern: path,
        }
    }
}

pub(super) fn has(all: &[Operation], path: &str, method: &str) -> bool {
    all.iter().any(|operation| operation.path == path && operation.method == method)
}

/// A method that has no handler of its own at the path.
fn other(all: &[Operation], path: &str) -> Method {
    let [methods @ .., _head] = &METHODS;
    let free = methods.iter().find(|method| !has(all, path, method.as_str())).cloned();
    free.unwrap_or_else(unlisted)
}

/// A method that no handler names.
pub(super) fn unlisted() -> Method {
    Method::from_bytes(b"OTHER").expect("a token")
}

/// A number that is a segment of no path.
fn number(all: &[Operation]) -> String {
    (1_u32..).map(|number| number.to_string()).find(|number| is_free(all, number)).expect("paths are finite")
}

/// A word that is a segment of no path.
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

/// The path with the value for each parameter. A brace is escaped by a second one.
fn filled(path: &str, value: &str) -> String {
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
