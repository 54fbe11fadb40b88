use axum::http::Method;

use crate::report::{ANY_METHOD, Operation};

/// A request that reaches one operation.
pub(super) struct Target {
    pub(super) method: Method,
    pub(super) path: String,
}

/// What may stand in for "any method that has no handler of its own".
const METHODS: [Method; 8] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::OPTIONS,
    Method::TRACE,
    Method::CONNECT,
];

impl Target {
    pub(super) fn of(operation: &Operation, all: &[Operation]) -> Self {
        let Operation { method, path, .. } = operation;
        // No route can have this path: it is that of fallbacks.
        let (path, method) = match (path.strip_suffix("/*"), &**method) {
            (Some(prefix), ANY_METHOD) => (format!("{prefix}/no-route-has-this-path"), Method::GET),
            (Some(_), _) => {
                let served = |it: &&Operation| {
                    !it.path.ends_with("/*") && !has(all, &it.path, ANY_METHOD) && it.method != "OTHER"
                };
                let path = all.iter().find(served).map_or(&operation.path, |it| &it.path);
                (path.clone(), other(all, path))
            }
            (None, ANY_METHOD | "OTHER") => (path.clone(), other(all, path)),
            (None, method) => {
                (path.clone(), Method::from_bytes(method.as_bytes()).expect("a method of the report"))
            }
        };
        Self { method, path: filled(&path, &placeholder(all)) }
    }
}

fn has(all: &[Operation], path: &str, method: &str) -> bool {
    all.iter().any(|operation| operation.path == path && operation.method == method)
}

/// A method that has no handler of its own at the path.
fn other(all: &[Operation], path: &str) -> Method {
    let free = METHODS.into_iter().find(|method| !has(all, path, method.as_str()));
    free.unwrap_or_else(|| Method::from_bytes(b"OTHER").expect("a token"))
}

/// What parameters get: a number that stands in no path itself.
fn placeholder(all: &[Operation]) -> String {
    let is_free = |number: &String| all.iter().all(|it| it.path.split('/').all(|segment| segment != number));
    (1_u32..).map(|number| number.to_string()).find(is_free).expect("paths are finite")
}

/// The path with the placeholder for each parameter. A brace is escaped by a second one.
fn filled(path: &str, placeholder: &str) -> String {
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
                filled.push_str(placeholder);
                after.split_once('}').map_or("", |(_, after)| after)
            }
        };
    }
    filled + rest
}
