use std::any::TypeId;
use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, HeaderMap};

use crate::scope::Requirements;
use crate::token::{AccessToken, DecodeError, Protection};

/// What was found out about a request, kept with it: in one place, so that a request costs one allocation.
#[derive(Clone, Default)]
pub(super) struct Findings {
    /// What the operation requires that is being served.
    pub(super) operation: Option<Requirements>,
    /// The handler of the operation, by its hidden type.
    pub(super) handler: Option<TypeId>,
    pub(super) decision: Option<Decision>,
}

/// A decision about the request's credentials.
#[derive(Clone)]
pub(super) struct Decision {
    pub(super) server: Arc<Protection>,
    pub(super) credentials: Lines,
    pub(super) decoded: Decoded,
}

#[derive(Clone)]
pub(super) enum Decoded {
    Absent,
    Malformed,
    Token(AccessToken),
    Undecoded(Arc<DecodeError>),
}

/// The lines of `Authorization`, of which a proper request has one.
#[derive(Clone)]
pub(super) enum Lines {
    None,
    One(HeaderValue),
    Several(Vec<HeaderValue>),
}

impl Lines {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut lines = headers.get_all(AUTHORIZATION).iter();
        match (lines.next(), lines.next()) {
            (None, _) => Self::None,
            (Some(line), None) => Self::One(line.clone()),
            (Some(_), Some(_)) => Self::Several(headers.get_all(AUTHORIZATION).iter().cloned().collect()),
        }
    }

    pub(super) fn as_slice(&self) -> &[HeaderValue] {
        match self {
            Self::None => &[],
            Self::One(line) => std::slice::from_ref(line),
            Self::Several(lines) => lines,
        }
    }

    pub(super) fn are_those_of(&self, headers: &HeaderMap) -> bool {
        headers.get_all(AUTHORIZATION).iter().eq(self.as_slice())
    }
}
