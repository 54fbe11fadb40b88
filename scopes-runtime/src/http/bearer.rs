//! The `Authorization` header as RFC 9110 section 11.6.2 and RFC 6750 section 2.1 write it.

use axum::http::HeaderValue;

/// The scheme's name, in any case.
const BEARER: &[u8] = b"Bearer";

#[derive(Debug, PartialEq)]
pub(super) enum Credentials<'a> {
    /// No header, or one of another scheme.
    Absent,
    /// A header that no client should send: 400.
    Malformed,
    /// What follows the scheme. It is a token if it [is a token68](is_token68), and only then.
    Bearer(&'a str),
}

/// Of the lines that a request has.
pub(super) fn credentials(lines: &[HeaderValue]) -> Credentials<'_> {
    match lines {
        [] => Credentials::Absent,
        [line] => parse(line.as_bytes()),
        _ => Credentials::Malformed,
    }
}

fn parse(line: &[u8]) -> Credentials<'_> {
    let is_scheme = |byte: Option<&u8>| byte.is_some_and(|byte| is_token_character(*byte));
    let bearer = line
        .split_at_checked(BEARER.len())
        .filter(|(scheme, rest)| scheme.eq_ignore_ascii_case(BEARER) && !is_scheme(rest.first()));
    let Some((_, rest)) = bearer else {
        return if is_scheme(line.first()) { Credentials::Absent } else { Credentials::Malformed };
    };
    let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
    let token = std::str::from_utf8(&rest[spaces..]).ok().filter(|token| spaces > 0 && !token.is_empty());
    token.map_or(Credentials::Malformed, Credentials::Bearer)
}

/// `token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
pub(super) fn is_token68(token: &str) -> bool {
    let characters = token.trim_end_matches('=');
    !characters.is_empty() && characters.bytes().all(|byte| TOKEN68[usize::from(byte)])
}

/// The bytes of a token68 but for its padding.
const TOKEN68: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let character = byte as u8;
        allowed[byte] =
            character.is_ascii_alphanumeric() || matches!(character, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
        byte += 1;
    }
    allowed
};

/// `tchar`, RFC 9110 section 5.6.2.
fn is_token_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
