//! `JwtDecoder`: it accepts a token of its issuer if and only if the token has the header and the claims of RFC 9068.

use std::sync::LazyLock;
use std::time::SystemTime;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use futures_util::FutureExt as _;
use jsonwebtoken::EncodingKey;
use scopes_runtime::{AccessToken, Algorithm, DecodeError, JwtDecoder, TokenDecoder as _, VerificationKey};
use serde_json::{Map, Value};

use super::json;

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "https://api.example";
const SECRET: [u8; 32] = [7; 32];
/// Times that differ less from the current time are not compared: the result depends on when the check runs.
const ABOUT_NOW: f64 = 120.0;
const MAX_TOKEN_BYTES: usize = 16 * 1024;
const MAX_SCOPES: usize = 1024;
const MAX_HEADER_BYTES: usize = 2 * 1024;
/// The last second that a `SystemTime` contains.
const LAST_SECOND: f64 = i64::MAX as f64;

static DECODER: LazyLock<JwtDecoder> = LazyLock::new(|| {
    let key = VerificationKey::from_secret(Algorithm::HS256, SECRET).expect("a secret of 32 bytes");
    JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE).key(key).build().expect("a complete decoder")
});

/// Decodes a token. The input is a header, a line break and the claims, which are signed; or else the whole token. Returns
/// whether it was accepted.
///
/// # Panics
///
/// Panics if the slow parser of this file has another result, or an error contains the token.
pub fn holds(input: &[u8]) -> bool {
    let (token, claims) = match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => {
            let (header, payload) = (&input[..end], &input[end + 1..]);
            (signed(header, payload), acceptable(header, payload))
        }
        None => match std::str::from_utf8(input) {
            Ok(token) => (token.to_owned(), Ok(None)),
            Err(_) => return false,
        },
    };
    let Ok(claims) = claims else { return false };
    let claims = claims.filter(|_| token.len() <= MAX_TOKEN_BYTES);
    let decoded = DECODER.decode(&token).now_or_never().expect("the key is there");
    // A full cache admits a token that is decoded again.
    if DECODER.cached(&token).is_none() {
        drop(DECODER.decode(&token).now_or_never());
    }
    let recalled = DECODER.cached(&token);
    match (decoded, claims) {
        (Ok(decoded), Some(claims)) => {
            check_token(&decoded, &claims);
            check_token(&recalled.expect("it was accepted just now"), &claims);
            true
        }
        (Err(DecodeError::Invalid(reason)), None) => {
            assert!(recalled.is_none());
            // Tokens of requests have no spaces. The fuzzer generates reasons as inputs, which have spaces.
            assert!(token.len() < 16 || token.contains(' ') || !reason.to_string().contains(&token));
            false
        }
        (decoded, claims) => panic!("{decoded:?}, where the claims to accept are {claims:?}"),
    }
}

fn signed(header: &[u8], payload: &[u8]) -> String {
    let message =
        format!("{}.{}", Base64UrlUnpadded::encode_string(header), Base64UrlUnpadded::encode_string(payload));
    // With both backends compiled in, jsonwebtoken needs a decoder that installs one before it signs.
    LazyLock::force(&DECODER);
    let key = EncodingKey::from_secret(&SECRET);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256);
    format!("{message}.{}", signature.expect("a secret signs with HS256"))
}

fn check_token(token: &AccessToken, claims: &Map<String, Value>) {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    assert_eq!(token.issuer(), Some(ISSUER));
    assert_eq!(
        (token.subject(), token.client_id(), token.acr()),
        (text("sub"), text("client_id"), text("acr"))
    );
    assert_eq!(token.scopes().iter().collect::<Vec<_>>(), scopes(claims));
}

/// Returns the scope-tokens (RFC 6749 section 3.3), each once.
fn scopes(claims: &Map<String, Value>) -> Vec<&str> {
    let is_allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    let mut scopes = Vec::new();
    for scope in claims.get("scope").and_then(Value::as_str).unwrap_or_default().split(' ') {
        if !scope.is_empty() && scope.bytes().all(is_allowed) && !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

/// Returns whether the result depends on the current time.
struct AboutNow;

/// Returns the claims if RFC 9068 accepts the token.
fn acceptable(header: &[u8], payload: &[u8]) -> Result<Option<Map<String, Value>>, AboutNow> {
    let is_short = header.len() <= MAX_HEADER_BYTES;
    let (Some(header), Some(claims)) = (json::object(header), json::object(payload)) else { return Ok(None) };
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let is_header_good = is_short
        && header.get("alg").is_some_and(|alg| alg == "HS256")
        && ["at+jwt", "application/at+jwt"].contains(&&*typ)
        && header.get("kid").is_none_or(Value::is_string)
        && !header.contains_key("crit")
        && !header.contains_key("b64");
    let are_strings = ["iss", "sub", "client_id", "jti", "acr", "scope"]
        .iter()
        .all(|name| claims.get(*name).is_none_or(Value::is_string));
    let is_unbound = ["cnf", "nonce", "at_hash"].iter().all(|name| !claims.contains_key(*name));
    let is_for_us = match claims.get("aud") {
        Some(Value::String(audience)) => audience == AUDIENCE,
        Some(Value::Array(all)) => {
            all.iter().all(Value::is_string) && all.iter().any(|audience| audience == AUDIENCE)
        }
        _ => false,
    };
    let is_number = |name: &str| claims.get(name).is_none_or(Value::is_number);
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs_f64();
    let is_moment = |name: &str| {
        claims
            .get(name)
            .is_none_or(|claim| claim.as_f64().is_some_and(|seconds| (-0.0..LAST_SECOND).contains(&seconds)))
    };
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    if [seconds("exp"), seconds("nbf")].iter().flatten().any(|time| (time - now).abs() < ABOUT_NOW) {
        return Err(AboutNow);
    }
    let is_good = is_header_good
        && are_strings
        && is_unbound
        && is_for_us
        && claims.get("iss").is_some_and(|iss| iss == ISSUER)
        && is_moment("exp")
        && is_moment("nbf")
        && is_moment("auth_time")
        && is_number("iat")
        && scopes(&claims).len() <= MAX_SCOPES
        && seconds("exp").is_some_and(|end| end > now)
        && seconds("nbf").is_none_or(|start| start < now);
    Ok(is_good.then_some(claims))
}
