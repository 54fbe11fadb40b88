//! The `Authorization` header: the response is that of the grammar of RFC 9110 section 11.4.

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderValue;
use futures_util::FutureExt as _;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, requires_scopes};
use scopes_tests::{Answer, Readable, Scope};

#[requires_scopes("items")]
async fn read_items() -> &'static str {
    "items"
}

static APP: LazyLock<Router> = LazyLock::new(|| {
    Router::from(
        ScopedRouter::new().route("/", get(read_items)).with_state(ResourceServer::new(Readable::default())),
    )
});

/// Sends a request with each line of the input as a line of `Authorization`. Returns whether it reached the handler.
///
/// # Panics
///
/// Panics if the response is not that of the grammar.
pub fn holds(input: &[u8]) -> bool {
    let lines = input.split(|byte| *byte == b'\n').filter(|line| !input.is_empty() && is_field_value(line));
    let lines: Vec<_> = lines.collect();
    let answer = scopes_tests::get_raw(&APP, "/", &lines).now_or_never().expect("an immediate result");
    let (status, error) = expected(&lines);
    assert_eq!(answer.status.as_u16(), status);
    match status {
        200 => assert_eq!((answer.challenge(), &*answer.text), (None, "items")),
        503 => assert!(answer.challenge().is_none() && answer.headers.contains_key("retry-after")),
        _ => check_refusal(&answer, error),
    }
    status == 200
}

fn is_field_value(line: &[u8]) -> bool {
    HeaderValue::from_bytes(line).is_ok()
}

/// Returns the expected status and error code (RFC 6750 section 3.1).
fn expected(lines: &[&[u8]]) -> (u16, Option<&'static str>) {
    let malformed = (400, Some("invalid_request"));
    let line = match lines {
        [] => return (401, None),
        [line] => *line,
        _ => return malformed,
    };
    let is_tchar = |byte: &&u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let scheme = line.iter().take_while(is_tchar).count();
    match &line[..scheme] {
        [] => return malformed,
        name if !name.eq_ignore_ascii_case(b"bearer") => return (401, None),
        _ => {}
    }
    let token = line[scheme..].trim_ascii_start();
    let spaces = &line[scheme..line.len() - token.len()];
    let is_spaced = !spaces.is_empty() && spaces.iter().all(|byte| *byte == b' ');
    let padding = token.iter().rev().take_while(|byte| **byte == b'=').count();
    let characters = &token[..token.len() - padding];
    let is_token68 = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte);
    if !is_spaced || characters.is_empty() || !characters.iter().all(is_token68) {
        return malformed;
    }
    match token {
        b"bad" => (401, Some("invalid_token")),
        b"down" => (503, None),
        _ if grants_items(token) => (200, None),
        _ => (403, Some("insufficient_scope")),
    }
}

/// Returns whether a token of [`Readable`] satisfies `items`, which `items:write` implies.
fn grants_items(token: &[u8]) -> bool {
    token.split(|byte| *byte == b'+').any(|scope| scope == b"items" || scope == b"items~write")
}

/// Checks that the response has one challenge, with each parameter once, and the same values in its body.
fn check_refusal(answer: &Answer, error: Option<&str>) {
    let challenge = answer.challenge().expect("a challenge");
    let parameters = challenge.strip_prefix("Bearer ").expect("for bearer tokens").split(", ");
    let parameters: Vec<_> = parameters
        .map(|parameter| {
            let (name, quoted) = parameter.split_once('=').expect("a parameter has a value");
            let value = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).expect("in quotes");
            assert!(!value.contains(['"', '\\']), "{challenge}");
            (name, value)
        })
        .collect();
    let scope = (answer.status != 400).then_some("items");
    let wanted = [("realm", Some("api")), ("error", error), ("scope", scope)];
    let wanted: Vec<_> = wanted.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    assert_eq!(parameters, wanted);
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status.as_u16());
    assert_eq!((problem["error"].as_str(), problem["scope"].as_str()), (error, scope));
}
