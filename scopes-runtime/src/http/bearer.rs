//! The `Authorization` header (RFC 9110 section 11.6.2) and the bearer token in it (RFC 6750 section 2.1).

use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, HeaderMap};

const SCHEME: &[u8] = b"Bearer";

/// The lines of the header `Authorization`. A valid request has one.
#[derive(Clone)]
pub(super) enum AuthorizationHeader {
    None,
    One(HeaderValue),
    Several(Vec<HeaderValue>),
}

#[derive(Debug, PartialEq)]
pub(super) enum Credentials<'a> {
    /// No header, or another scheme.
    Missing,
    /// A header that no client should send.
    Malformed,
    /// A token, which is a token68.
    Bearer(&'a str),
}

impl AuthorizationHeader {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut lines = headers.get_all(AUTHORIZATION).iter();
        match (lines.next(), lines.next()) {
            (None, _) => Self::None,
            (Some(line), None) => Self::One(line.clone()),
            (Some(_), Some(_)) => Self::Several(headers.get_all(AUTHORIZATION).iter().cloned().collect()),
        }
    }

    pub(super) fn is_that_of(&self, headers: &HeaderMap) -> bool {
        let lines = match self {
            Self::None => &[],
            Self::One(line) => std::slice::from_ref(line),
            Self::Several(lines) => lines,
        };
        headers.get_all(AUTHORIZATION).iter().eq(lines)
    }

    pub(super) fn credentials(&self) -> Credentials<'_> {
        match self {
            Self::None => Credentials::Missing,
            Self::One(line) => credentials(line.as_bytes()),
            Self::Several(_) => Credentials::Malformed,
        }
    }
}

fn credentials(line: &[u8]) -> Credentials<'_> {
    let is_scheme = |byte: Option<&u8>| byte.is_some_and(|byte| is_token_character(*byte));
    let bearer = line
        .split_at_checked(SCHEME.len())
        .filter(|(scheme, rest)| scheme.eq_ignore_ascii_case(SCHEME) && !is_scheme(rest.first()));
    let Some((_, rest)) = bearer else {
        return if is_scheme(line.first()) { Credentials::Missing } else { Credentials::Malformed };
    };
    let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
    let token = std::str::from_utf8(&rest[spaces..]).ok().filter(|token| spaces > 0 && is_token68(token));
    token.map_or(Credentials::Malformed, Credentials::Bearer)
}

/// `token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
///
/// Without a branch for each byte, so that the compiler compares many at a time: every request waits for this.
fn is_token68(token: &str) -> bool {
    // As few comparisons as possible: `+` to `9` are the digits and `+,-./`, and bit 5 distinguishes `A` from `a`.
    let is_allowed = |byte: u8| {
        let is_low = byte.wrapping_sub(b'+') <= b'9' - b'+';
        let is_letter = (byte | 0x20).wrapping_sub(b'a') <= b'z' - b'a';
        (is_low & (byte != b',')) | is_letter | (byte == b'_') | (byte == b'~')
    };
    let characters = token.trim_end_matches('=');
    !characters.is_empty() && characters.bytes().fold(true, |all, byte| all & is_allowed(byte))
}

/// `tchar`, RFC 9110 section 5.6.2.
fn is_token_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
