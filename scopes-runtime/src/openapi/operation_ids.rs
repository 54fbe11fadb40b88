//! The ids of operations: `get_users_me_items` for `GET /users/me/items`.
//!
//! An id depends on its method and path alone, so a route that is added, merged or nested elsewhere changes no other id.
//! Different operations have different ids:
//!
//! | part of the path | in the id |
//! | --- | --- |
//! | the segments of `/users/me` | joined by one underscore: `users_me` |
//! | `order-items` | `orderItems` |
//! | `order_items` | `order__items` |
//! | `{item_id}`, `{*item_id}` | `byItemId` |
//! | nothing after the last slash | `root` |
//!
//! These forms can be read back. Any other path, and one whose form reads back as another path (`/orderItems`), gets its
//! letters and digits and a hash of method and path: `get_orderItems_Hd9b2b955`. No other id has a segment that begins
//! with a capital letter.

use std::collections::{HashMap, HashSet};
use std::iter;

use hmac_sha256::Hash;
use utoipa::openapi::OpenApi;

use super::path_item;

/// An operation that needs an id.
pub(super) struct Unidentified<'a> {
    pub(super) method: &'static str,
    /// In OpenAPI's syntax.
    pub(super) path: String,
    /// The id in `#[utoipa::path]`.
    pub(super) written: Option<&'a str>,
}

/// Returns the ids of the operations, in their order. An id in the document stays, and so does a written one, for the first
/// operation that has it.
pub(super) fn operation_ids(operations: &[Unidentified<'_>], openapi: &mut OpenApi) -> Vec<String> {
    let given = given_ids(openapi);
    let mut taken: HashSet<String> = given.values().cloned().collect();
    let written: Vec<_> = operations
        .iter()
        .map(|Unidentified { method, path, written }| match given.get(&(path.clone(), *method)) {
            Some(given) => Some(given.clone()),
            None => written.map(str::to_owned).filter(|id| taken.insert(id.clone())),
        })
        .collect();
    let ids = operations.iter().zip(written).map(|(Unidentified { method, path, .. }, written)| {
        written.unwrap_or_else(|| generated(method, path, &mut taken))
    });
    ids.collect()
}

/// Returns the id of an operation: the form with the hash if another operation has the plain one as a written id.
fn generated(method: &str, path: &str, taken: &mut HashSet<String>) -> String {
    let hashed = hashed(method, path);
    // A number is needed only if the form with the hash is a written id too.
    let mut ids = plain(method, path)
        .into_iter()
        .chain(iter::once(hashed.clone()))
        .chain((2..).map(|number| format!("{hashed}_{number}")));
    ids.find(|id| taken.insert(id.clone())).expect("there is always another number")
}

/// Returns the form that can be read back.
fn plain(method: &str, path: &str) -> Option<String> {
    let segments: Vec<_> = path.strip_prefix('/')?.split('/').collect();
    let (last, others) = segments.split_last()?;
    let last = if last.is_empty() { Some("root".to_owned()) } else { segment(last) };
    let segments = others.iter().map(|other| segment(other)).chain(iter::once(last));
    let segments = iter::once(Some(method.to_owned())).chain(segments).collect::<Option<Vec<_>>>()?;
    Some(segments.join("_"))
}

fn segment(segment: &str) -> Option<String> {
    match segment.strip_prefix('{') {
        Some(parameter) => parameter_name(parameter.strip_suffix('}')?),
        None => literal(segment),
    }
}

fn parameter_name(name: &str) -> Option<String> {
    let words: Option<String> = name.split('_').map(capitalized).collect();
    Some(format!("by{}", words?))
}

fn literal(segment: &str) -> Option<String> {
    let parts: Option<Vec<_>> = segment.split('_').map(camel_case).collect();
    // Parameters, and an empty segment at the end, have these forms.
    let is_reserved = segment.starts_with("by-") || segment == "root";
    parts.filter(|_| !is_reserved).map(|parts| parts.join("__"))
}

fn camel_case(part: &str) -> Option<String> {
    let mut words = part.split('-');
    let first = words.next().filter(|word| is_word(word))?;
    let others: Option<String> = words.map(capitalized).collect();
    Some(format!("{first}{}", others?))
}

/// Returns the word with a capital letter. It must begin with a letter, so that the capital separates it from the word before.
fn capitalized(word: &str) -> Option<String> {
    let first = word.chars().next().filter(char::is_ascii_lowercase)?;
    is_word(word).then(|| format!("{}{}", first.to_ascii_uppercase(), &word[1..]))
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Returns the letters and digits with 32 bits of SHA-256. The hash must be the same in every release.
fn hashed(method: &str, path: &str) -> String {
    let words = path.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let readable = iter::once(method).chain(words).collect::<Vec<_>>().join("_");
    let hash = Hash::hash(format!("{method} {path}").as_bytes());
    let hash: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{readable}_H{hash}")
}

/// Returns the ids in the document, by path and method.
fn given_ids(openapi: &mut OpenApi) -> HashMap<(String, &'static str), String> {
    let operations = path_item::operations(openapi);
    let ids = operations.filter_map(|(path, method, operation)| {
        Some(((path.to_owned(), method), operation.operation_id.clone()?))
    });
    ids.collect()
}
