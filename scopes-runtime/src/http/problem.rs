//! The bodies of refusals.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde::Serialize;

use super::authentication_schemes::AuthenticationSchemes;
use super::refusal_reason::RefusalReason;

/// The detail for a scope that no client can request, because of the value of a parameter.
pub(super) const NOT_REQUESTABLE: &str = "The access token lacks a required scope, which cannot be named: the request has no value for it, or one that a scope \
     cannot contain. Send another value, or obtain a token with a broader scope.";

/// A problem detail (RFC 9457).
#[derive(Serialize)]
pub(super) struct Problem {
    title: &'static str,
    status: u16,
    pub(super) detail: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) acr_values: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alternatives: Option<Vec<String>>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.into(),
            error: None,
            scope: None,
            acr_values: None,
            max_age: None,
            alternatives: None,
        }
    }

    pub(super) fn of(reason: RefusalReason, schemes: AuthenticationSchemes) -> Self {
        Self { error: reason.code(), ..Self::new(reason.status(), reason.detail(schemes)) }
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a struct of strings and numbers is always JSON")
    }
}
