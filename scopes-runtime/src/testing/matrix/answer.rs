//! What an application is expected to answer, and what it does.

use std::fmt;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, StatusCode};

/// What should come.
pub(super) enum Expected {
    /// Whatever the application answers to whom it lets in.
    Through,
    /// Whatever it answers to everyone.
    Open,
    Refused(StatusCode, Challenge),
    /// 401, or 503 while the token's key may be a new one of the issuer.
    UnknownKey(Challenge),
}

/// What a challenge for `Bearer` says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Challenge {
    pub(super) error: Option<String>,
    pub(super) scope: Option<String>,
}

/// What came.
pub(super) enum Got {
    Answer(StatusCode, Option<Challenge>),
    Panic(String),
    Nothing,
}

impl Expected {
    pub(super) fn accepts(&self, got: &Got) -> bool {
        let Got::Answer(status, challenge) = got else { return false };
        match self {
            Self::Through => match *status {
                StatusCode::UNAUTHORIZED | StatusCode::SERVICE_UNAVAILABLE => false,
                StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => challenge.is_none(),
                _ => true,
            },
            Self::Open => challenge.is_none(),
            Self::Refused(expected, with) => status == expected && challenge.as_ref() == Some(with),
            Self::UnknownKey(with) => match *status {
                StatusCode::SERVICE_UNAVAILABLE => challenge.is_none(),
                status => status == StatusCode::UNAUTHORIZED && challenge.as_ref() == Some(with),
            },
        }
    }
}

impl Challenge {
    /// The first one for `Bearer`. The values of ours hold no quotation marks.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|line| line.to_str().ok());
        let is_bearer = |line: &&str| line.get(..7).is_some_and(|it| it.eq_ignore_ascii_case("Bearer "));
        let line = lines.into_iter().find(is_bearer)?;
        let mut challenge = Self::default();
        let mut rest = &line[7..];
        while let Some((name, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap_or((after, ""));
            match name.trim_start_matches([',', ' ']) {
                "error" => challenge.error = Some(value.to_owned()),
                "scope" => challenge.scope = Some(value.to_owned()),
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
            Self::Through => formatter.write_str("let through"),
            Self::Open => formatter.write_str("open"),
            Self::Refused(status, challenge) => write!(formatter, "{}{challenge}", status.as_u16()),
            Self::UnknownKey(challenge) => write!(formatter, "401{challenge}"),
        }
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(" Bearer")?;
        if let Some(error) = &self.error {
            write!(formatter, " {error}")?;
        }
        if let Some(scope) = &self.scope {
            write!(formatter, " scope=\"{scope}\"")?;
        }
        Ok(())
    }
}

impl fmt::Display for Got {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(status, Some(challenge)) => write!(formatter, "{}{challenge}", status.as_u16()),
            Self::Answer(status, None) => status.as_u16().fmt(formatter),
            Self::Panic(message) => write!(formatter, "a panic: {}", message.replace(char::is_control, " ")),
            Self::Nothing => formatter.write_str("no answer within 10 s"),
        }
    }
}
