//! The `Authorization` header (RFC 9110 section 11.6.2) and the token in it (RFC 6750 section 2.1, RFC 9449 section 7.1).

use std::borrow::Borrow;
use std::error::Error;
use std::fmt;

use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, HeaderMap};

use super::authentication_schemes::Scheme;

const BEARER: &[u8] = b"Bearer";
const DPOP: &[u8] = b"DPoP";

/// The lines of the header `Authorization`, borrowed or owned. A valid request has one.
#[derive(Clone)]
pub(super) enum AuthorizationHeader<L> {
    None,
    One(L),
    Several(Vec<L>),
}

#[derive(Debug, PartialEq)]
pub(super) enum Credentials<'a> {
    /// No header, or one without a scheme of this server.
    Missing(Option<OtherCredentials>),
    /// A malformed or repeated header. The scheme is that of the first line.
    Malformed(Scheme, HeaderError),
    /// A token, which is a token68.
    Bearer(&'a str),
    /// A token with the scheme `DPoP`, which is a token68.
    Dpop(&'a str),
}

/// Why a header is malformed, for the log.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub(super) enum HeaderError {
    #[error("the request has more than one `Authorization` header")]
    Repeated,
    #[error("the `Authorization` header does not begin with a scheme")]
    NoScheme,
    #[error("the `Authorization` header has no token after the scheme")]
    NoToken,
    #[error("what follows the scheme in the `Authorization` header is no token68 (RFC 9110 section 11.2)")]
    NotToken68,
}

/// What the header contains in place of a scheme of this server and a token, for the log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OtherCredentials {
    kind: OtherKind,
    accepts_dpop: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum OtherKind {
    /// One word, which is a token in most cases.
    NoScheme,
    OtherScheme,
    /// A scheme that browsers send by themselves, to all paths of a host.
    SchemeOfBrowsers,
}

/// The schemes that browsers send by themselves once their user has logged in to another application of the host, or to the
/// network.
const SCHEMES_OF_BROWSERS: [&str; 4] = ["Basic", "Digest", "Negotiate", "NTLM"];

impl OtherCredentials {
    fn of(line: &[u8], accepts_dpop: bool) -> Self {
        let (scheme, has_more) = match line.iter().position(|byte| matches!(byte, b' ' | b'\t')) {
            Some(end) => (&line[..end], true),
            None => (line, false),
        };
        let kind = if SCHEMES_OF_BROWSERS.iter().any(|name| scheme.eq_ignore_ascii_case(name.as_bytes())) {
            OtherKind::SchemeOfBrowsers
        } else if has_more {
            OtherKind::OtherScheme
        } else {
            OtherKind::NoScheme
        };
        Self { kind, accepts_dpop }
    }

    /// Returns whether a browser may have sent them without the client's intent.
    pub(super) fn are_of_browser(&self) -> bool {
        self.kind == OtherKind::SchemeOfBrowsers
    }
}

/// Contains nothing of the header: its first characters may be those of a token.
impl fmt::Display for OtherCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = match self.kind {
            OtherKind::NoScheme => "a token without the scheme",
            OtherKind::OtherScheme | OtherKind::SchemeOfBrowsers => "another scheme than",
        };
        let schemes = if self.accepts_dpop { "`Bearer` or `DPoP`" } else { "`Bearer`" };
        write!(formatter, "the `Authorization` header has {content} {schemes}")
    }
}

impl Error for OtherCredentials {}

impl<'a> AuthorizationHeader<&'a HeaderValue> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let mut lines = headers.get_all(AUTHORIZATION).iter();
        match (lines.next(), lines.next()) {
            (None, _) => Self::None,
            (Some(line), None) => Self::One(line),
            (Some(_), Some(_)) => Self::Several(headers.get_all(AUTHORIZATION).iter().collect()),
        }
    }

    pub(super) fn cloned(self) -> AuthorizationHeader<HeaderValue> {
        match self {
            Self::None => AuthorizationHeader::None,
            Self::One(line) => AuthorizationHeader::One(line.clone()),
            Self::Several(lines) => AuthorizationHeader::Several(lines.into_iter().cloned().collect()),
        }
    }
}

impl AuthorizationHeader<HeaderValue> {
    /// Returns whether the request still has these lines.
    pub(super) fn is_still_in(&self, headers: &HeaderMap) -> bool {
        match (self, AuthorizationHeader::of(headers)) {
            (Self::None, AuthorizationHeader::None) => true,
            // Most lines are clones with the same address.
            (Self::One(own), AuthorizationHeader::One(line)) => {
                std::ptr::eq(own.as_bytes(), line.as_bytes()) || own == line
            }
            (Self::Several(own), AuthorizationHeader::Several(lines)) => own.iter().eq(lines),
            _ => false,
        }
    }
}

impl<L: Borrow<HeaderValue>> AuthorizationHeader<L> {
    /// Returns what is in the place of a token with the scheme `Bearer`, which may be no token68.
    pub(super) fn unproven_bearer_token(&self) -> Option<&[u8]> {
        let Self::One(line) = self else { return None };
        let (_, rest) = after_scheme(line.borrow().as_bytes(), false)?;
        let token = after_spaces(rest);
        (token.len() < rest.len()).then_some(token)
    }

    /// Returns the credentials. Without `accepts_dpop`, `DPoP` is another scheme.
    pub(super) fn credentials(&self, accepts_dpop: bool) -> Credentials<'_> {
        match self {
            Self::None => Credentials::Missing(None),
            Self::One(line) => credentials(line.borrow().as_bytes(), accepts_dpop),
            Self::Several(lines) => {
                let first = lines.first().map(|line| line.borrow().as_bytes());
                let first = first.and_then(|line| after_scheme(line, accepts_dpop));
                let scheme = first.map_or(Scheme::Bearer, |(scheme, _)| scheme);
                Credentials::Malformed(scheme, HeaderError::Repeated)
            }
        }
    }
}

fn credentials(line: &[u8], accepts_dpop: bool) -> Credentials<'_> {
    let Some((scheme, rest)) = after_scheme(line, accepts_dpop) else {
        let is_other = line.first().is_some_and(|byte| is_token_character(*byte));
        return if is_other {
            Credentials::Missing(Some(OtherCredentials::of(line, accepts_dpop)))
        } else {
            Credentials::Malformed(Scheme::Bearer, HeaderError::NoScheme)
        };
    };
    let text = after_spaces(rest);
    let token = std::str::from_utf8(text).ok().filter(|token| text.len() < rest.len() && is_token68(token));
    match (token, scheme) {
        (None, scheme) if text.is_empty() => Credentials::Malformed(scheme, HeaderError::NoToken),
        (None, scheme) => Credentials::Malformed(scheme, HeaderError::NotToken68),
        (Some(token), Scheme::Bearer) => Credentials::Bearer(token),
        (Some(token), Scheme::Dpop) => Credentials::Dpop(token),
    }
}

fn after_spaces(rest: &[u8]) -> &[u8] {
    let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
    &rest[spaces..]
}

/// Returns the scheme of a line, and what follows it. `None` for another scheme.
fn after_scheme(line: &[u8], accepts_dpop: bool) -> Option<(Scheme, &[u8])> {
    // A fast path for the usual spelling.
    if line.starts_with(b"Bearer ") {
        return Some((Scheme::Bearer, &line[BEARER.len()..]));
    }
    let after = |name: &[u8]| {
        let (scheme, rest) = line.split_at_checked(name.len())?;
        let ends = rest.first().is_none_or(|byte| !is_token_character(*byte));
        (scheme.eq_ignore_ascii_case(name) && ends).then_some(rest)
    };
    let bearer = after(BEARER).map(|rest| (Scheme::Bearer, rest));
    bearer.or_else(|| after(DPOP).filter(|_| accepts_dpop).map(|rest| (Scheme::Dpop, rest)))
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
