//! Expected and actual responses.

use std::fmt;

use axum::body::HttpBody as _;
use axum::http::header::{ALLOW, CONTENT_TYPE, VARY, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

/// The expected response.
pub(super) enum Expected {
    /// Any response but a refusal of the token.
    Authorized,
    /// Like [`Authorized`](Self::Authorized), or a refusal that requires more of the token.
    AuthorizedOrMore,
    /// Any response without a challenge.
    Unchallenged,
    Refused(StatusCode, TokenChallenge),
    /// A refusal of credentials by the application: 401, or another status from 400 to 499 than that of the response to
    /// valid credentials, if it is known. An extractor of the body may refuse the placeholder with one status for all.
    CredentialsRefused {
        accepted: Option<StatusCode>,
    },
    /// 401, or 503 while the token's key may be a new one of the issuer.
    UnknownKey(TokenChallenge),
    /// The response for a method that no operation has.
    MethodRefused(Method),
    /// The response for a path that no operation has.
    PathRefused,
}

/// The first challenge of a response for an access token.
#[derive(Debug, Default, PartialEq)]
pub(super) struct TokenChallenge {
    pub(super) schemes: ChallengedSchemes,
    pub(super) error: Option<String>,
    pub(super) scope: Option<String>,
}

/// The schemes that a response offers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum ChallengedSchemes {
    /// `Bearer`, and possibly others after it.
    #[default]
    Bearer,
    /// `DPoP` alone.
    Dpop,
    /// `DPoP`, and `Bearer` after it.
    DpopAndBearer,
}

/// The actual response.
pub(super) enum Actual {
    Response(ReceivedResponse),
    Panic(String),
    Timeout,
}

pub(super) struct ReceivedResponse {
    pub(super) status: StatusCode,
    challenge: Option<TokenChallenge>,
    content_type: Option<HeaderValue>,
    /// An empty success that lists methods, as CORS layers and automatic handlers of `OPTIONS` send it.
    lists_methods: bool,
    /// The header `DPoP-Nonce`.
    nonce: Option<HeaderValue>,
}

impl Expected {
    pub(super) fn matches(&self, actual: &Actual) -> bool {
        let Actual::Response(ReceivedResponse { status, challenge, lists_methods, .. }) = actual else {
            return false;
        };
        match self {
            Self::Authorized => match *status {
                StatusCode::UNAUTHORIZED | StatusCode::SERVICE_UNAVAILABLE => false,
                StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => challenge.is_none(),
                _ => true,
            },
            Self::AuthorizedOrMore => actual.refuses_valid_token() || Self::Authorized.matches(actual),
            Self::Unchallenged => challenge.is_none(),
            Self::CredentialsRefused { accepted } => match *status {
                StatusCode::UNAUTHORIZED => true,
                status => status.is_client_error() && accepted.is_some_and(|accepted| accepted != status),
            },
            Self::Refused(expected, with) => status == expected && challenge.as_ref() == Some(with),
            Self::UnknownKey(with) => match *status {
                StatusCode::SERVICE_UNAVAILABLE => challenge.is_none(),
                status => status == StatusCode::UNAUTHORIZED && challenge.as_ref() == Some(with),
            },
            Self::MethodRefused(method) => match *status {
                StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::METHOD_NOT_ALLOWED
                | StatusCode::NOT_IMPLEMENTED => true,
                _ => method == Method::OPTIONS && *lists_methods,
            },
            Self::PathRefused => match *status {
                StatusCode::BAD_REQUEST
                | StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::NOT_FOUND
                | StatusCode::METHOD_NOT_ALLOWED => true,
                _ => status.is_redirection(),
            },
        }
    }
}

impl Actual {
    pub(super) fn of(response: &Response) -> Self {
        let headers = response.headers();
        let has_cors = headers.keys().any(|name| name.as_str().starts_with("access-control-"))
            || headers
                .get_all(VARY)
                .iter()
                .filter_map(|line| line.to_str().ok())
                .any(|line| line.to_ascii_lowercase().contains("access-control-request-"));
        Self::Response(ReceivedResponse {
            status: response.status(),
            challenge: TokenChallenge::of(headers),
            content_type: headers.get(CONTENT_TYPE).cloned(),
            lists_methods: [StatusCode::OK, StatusCode::NO_CONTENT].contains(&response.status())
                && (has_cors || headers.contains_key(ALLOW))
                && response.body().is_end_stream(),
            nonce: headers.get("dpop-nonce").cloned(),
        })
    }

    /// Returns the nonce that this requires in the proof (RFC 9449 section 9).
    pub(super) fn required_nonce(&self) -> Option<&str> {
        let Self::Response(ReceivedResponse { challenge: Some(challenge), nonce, .. }) = self else {
            return None;
        };
        let requires_nonce = challenge.error.as_deref() == Some("use_dpop_nonce");
        nonce.as_ref().filter(|_| requires_nonce)?.to_str().ok()
    }

    /// Returns whether this refuses a valid token as insufficient.
    pub(super) fn is_step_up(&self) -> bool {
        let Self::Response(ReceivedResponse { challenge: Some(challenge), .. }) = self else { return false };
        let codes = [Some("insufficient_scope"), Some("insufficient_user_authentication")];
        codes.contains(&challenge.error.as_deref())
    }

    /// Returns whether this is a 401 without an error code, which no check of this crate sends for a token.
    pub(super) fn is_refused_by_application(&self) -> bool {
        let Self::Response(ReceivedResponse { status: StatusCode::UNAUTHORIZED, challenge, .. }) = self
        else {
            return false;
        };
        challenge.as_ref().is_none_or(|challenge| challenge.error.is_none())
    }

    /// Returns whether this refuses the token as invalid.
    pub(super) fn is_invalid_token(&self) -> bool {
        let Self::Response(ReceivedResponse { challenge: Some(challenge), .. }) = self else { return false };
        challenge.error.as_deref() == Some("invalid_token")
    }

    /// Returns whether this offers `DPoP` alone.
    pub(super) fn requires_dpop(&self) -> bool {
        let Self::Response(ReceivedResponse { challenge: Some(challenge), .. }) = self else { return false };
        challenge.schemes == ChallengedSchemes::Dpop
    }

    /// Returns whether this refuses the proof of a token.
    pub(super) fn is_invalid_proof(&self) -> bool {
        let Self::Response(ReceivedResponse { challenge: Some(challenge), .. }) = self else { return false };
        challenge.error.as_deref() == Some("invalid_dpop_proof")
    }

    /// Returns whether this requires more of a valid token: scopes, a login or a proof.
    pub(super) fn refuses_valid_token(&self) -> bool {
        self.is_step_up() || self.requires_dpop()
    }

    pub(super) fn status(&self) -> Option<StatusCode> {
        let Self::Response(ReceivedResponse { status, .. }) = self else { return None };
        Some(*status)
    }

    /// Returns whether both seem to be responses of the same handler.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Response(one), Self::Response(other)) => {
                (one.status, &one.content_type) == (other.status, &other.content_type)
            }
            _ => false,
        }
    }

    /// Returns whether this may be the router's response for a method without a handler.
    pub(super) fn is_of_no_handler(&self) -> bool {
        let Self::Response(ReceivedResponse { status, .. }) = self else { return false };
        status.is_redirection() || status.is_client_error() || *status == StatusCode::NOT_IMPLEMENTED
    }
}

impl TokenChallenge {
    /// Returns the first challenge for an access token. The values of this crate contain no quotation marks.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|line| line.to_str().ok());
        let (schemes, mut rest) = lines.into_iter().find_map(|line| {
            let after = |scheme: &str| {
                let (start, rest) = line.split_at_checked(scheme.len())?;
                start.eq_ignore_ascii_case(scheme).then_some(rest)
            };
            let bearer = after("Bearer ").map(|rest| (ChallengedSchemes::Bearer, rest));
            bearer.or_else(|| after("DPoP ").map(|rest| (ChallengedSchemes::Dpop, rest)))
        })?;
        let mut challenge = Self { schemes, ..Self::default() };
        while let Some((name, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap_or((after, ""));
            match name.trim_start_matches([',', ' ']) {
                "error" => challenge.error = Some(value.to_owned()),
                "scope" => challenge.scope = Some(value.to_owned()),
                name if name.starts_with("Bearer ") => challenge.schemes = ChallengedSchemes::DpopAndBearer,
                _ => {}
            }
            rest = after;
        }
        Some(challenge)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authorized => formatter.write_str("accepted"),
            Self::AuthorizedOrMore => formatter.write_str("accepted, or more is required"),
            Self::Unchallenged => formatter.write_str("no challenge"),
            Self::CredentialsRefused { .. } => formatter.write_str("refused"),
            Self::Refused(status, challenge) => write!(formatter, "{}{challenge}", status.as_u16()),
            Self::UnknownKey(challenge) => write!(formatter, "401{challenge}"),
            Self::MethodRefused(_) => formatter.write_str("405 or refused: not in the report"),
            Self::PathRefused => formatter.write_str("404, refused or a redirect: not in the report"),
        }
    }
}

impl fmt::Display for TokenChallenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.schemes {
            ChallengedSchemes::Bearer => " Bearer",
            ChallengedSchemes::Dpop => " DPoP",
            ChallengedSchemes::DpopAndBearer => " DPoP and Bearer",
        })?;
        if let Some(error) = &self.error {
            write!(formatter, " {error}")?;
        }
        if let Some(scope) = &self.scope {
            write!(formatter, " scope=\"{scope}\"")?;
        }
        Ok(())
    }
}

impl fmt::Display for Actual {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(ReceivedResponse { status, challenge: Some(challenge), .. }) => {
                write!(formatter, "{}{challenge}", status.as_u16())
            }
            Self::Response(ReceivedResponse { status, .. }) => status.as_u16().fmt(formatter),
            Self::Panic(message) => write!(formatter, "a panic: {}", message.replace(char::is_control, " ")),
            Self::Timeout => formatter.write_str("no response within 10 s"),
        }
    }
}
