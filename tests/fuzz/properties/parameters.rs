//! The parameter of a scope: the response is that of a slow reading of the path and of the granted scopes.

use std::sync::LazyLock;

use axum::Router;
use axum::http::Uri;
use futures_util::FutureExt as _;
use scopes_runtime::router::get;
use scopes_runtime::{
    AccessToken, DecodeFuture, GrantedScopes, ResourceServer, ScopedRouter, TokenDecoder, declare_scopes,
    requires_scopes,
};
use serde_json::Map;

#[declare_scopes]
enum Scope {
    /// Read the files of an organization.
    Read = "org:{org}:read",
    /// Change the files of an organization.
    #[implies(Read)]
    Write = "org:{org}:write",
    /// Read the files of all organizations.
    #[implies(Read)]
    ReadAll = "org:read",
    /// Push to a repository.
    Push = "repo:{owner}/{name}",
}

#[requires_scopes("org:{org}:read")]
async fn read() {}

#[requires_scopes("repo:{owner}/{name}")]
async fn push() {}

/// Grants the scopes that a token contains, in hexadecimal.
struct Hexadecimal;

impl TokenDecoder for Hexadecimal {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(async move {
            let byte = |at: usize| u8::from_str_radix(&token[at..at + 2], 16).expect("hexadecimal");
            let scopes: Vec<_> = (0..token.len()).step_by(2).map(byte).collect();
            AccessToken::new(Map::new(), GrantedScopes::from_list(&String::from_utf8_lossy(&scopes)))
        })
    }
}

static APP: LazyLock<Router> = LazyLock::new(|| {
    let router =
        ScopedRouter::new().route("/orgs/{org}", get(read)).route("/repos/{owner}/{name}", get(push));
    Router::from(router.with_state(ResourceServer::new(Hexadecimal)))
});

/// Sends a request for the path in the first line of the input, with a token that has the scopes in the rest. Returns whether
/// it reached the handler.
///
/// # Panics
///
/// Panics if the response is not that of the model.
pub fn holds(input: &[u8]) -> bool {
    let input = String::from_utf8_lossy(input);
    let (path, granted) = input.split_once('\n').unwrap_or((&input, "none"));
    let is_path = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"<>\\^`{|}".contains(&byte));
    let segments: Vec<_> = path.split('/').skip(1).collect();
    let is_route = match *segments {
        ["orgs", org] => !org.is_empty(),
        ["repos", owner, name] => !owner.is_empty() && !name.is_empty(),
        _ => false,
    };
    if !is_path || !is_route || path.parse::<Uri>().is_err() || granted.is_empty() {
        return false;
    }
    let token: String = granted.bytes().map(|byte| format!("{byte:02x}")).collect();
    let answer =
        scopes_tests::call(&APP, "GET", path, Some(&token)).now_or_never().expect("an immediate result");
    let granted: Vec<_> = granted.split(' ').collect();
    let is_allowed = match *segments {
        ["orgs", org] => allows_read(&decoded(org), &granted),
        _ => allows_push(&decoded(segments[1]), &decoded(segments[2]), &granted),
    };
    let expected = if is_allowed { 200 } else { 403 };
    assert_eq!(answer.status, expected, "{path} with {granted:?}");
    is_allowed
}

fn allows_read(org: &Option<String>, granted: &[&str]) -> bool {
    let Some(org) = org else { return false };
    let is_value = is_value(org, ':');
    granted.iter().any(|scope| {
        *scope == "org:read"
            || is_value && (*scope == format!("org:{org}:read") || *scope == format!("org:{org}:write"))
    })
}

fn allows_push(owner: &Option<String>, name: &Option<String>, granted: &[&str]) -> bool {
    let (Some(owner), Some(name)) = (owner, name) else { return false };
    is_value(owner, '/') && is_value(name, '/') && granted.contains(&&*format!("repo:{owner}/{name}"))
}

/// Returns whether a scope can contain the value.
fn is_value(value: &str, separator: char) -> bool {
    !value.is_empty()
        && value.chars().all(|c| matches!(c, '!' | '#'..='[' | ']'..='~'))
        && !value.contains(separator)
}

/// Returns the segment with its percent-encoding decoded once. `None` if it is not UTF-8.
fn decoded(segment: &str) -> Option<String> {
    let bytes = segment.as_bytes();
    let (mut decoded, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hexadecimal =
            segment.get(at + 1..at + 3).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let encoded = hexadecimal.filter(|_| bytes[at] == b'%');
        let encoded = encoded.and_then(|text| u8::from_str_radix(text, 16).ok());
        decoded.push(encoded.unwrap_or(bytes[at]));
        at += if encoded.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).ok()
}
