use std::time::{Duration, SystemTime};

use serde::Serialize;

/// How far in the future `auth_time` may be, because the issuer's clock may be ahead.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// How and when a user must have authenticated (RFC 9470), from all requirements of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Authentication {
    /// The accepted authentication contexts (`acr`). `None` accepts any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acr_values: Option<Vec<&'static str>>,
    /// The maximum age of the authentication in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<u64>,
}

/// How and when the user of a token authenticated, from the claims `acr` and `auth_time`.
#[derive(Clone, Copy)]
pub(crate) struct Authenticated<'a> {
    pub(crate) acr: Option<&'a str>,
    pub(crate) at: Option<SystemTime>,
}

impl Authentication {
    /// Adds a requirement. If both name contexts, only those that both name are accepted.
    pub(super) fn add(&mut self, acr_values: &[&'static str], max_age: Option<u64>) {
        if !acr_values.is_empty() {
            match &mut self.acr_values {
                Some(values) => values.retain(|value| acr_values.contains(value)),
                None => self.acr_values = Some(acr_values.to_vec()),
            }
        }
        self.max_age = [self.max_age, max_age].into_iter().flatten().min();
    }

    /// Returns whether some context is accepted.
    pub(crate) fn is_possible(&self) -> bool {
        self.acr_values.as_ref().is_none_or(|values| !values.is_empty())
    }

    /// Returns whether any authentication is accepted.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Authenticated<'_> {
    /// Returns whether this is one of the contexts, if there are any, and recent enough. A missing claim never is.
    pub(super) fn meets(&self, acr_values: &[&'static str], max_age: Option<u64>) -> bool {
        let has_context = acr_values.is_empty() || self.acr.is_some_and(|acr| acr_values.contains(&acr));
        let is_recent = max_age.is_none_or(|max_age| {
            self.at.is_some_and(|at| match at.elapsed() {
                Ok(age) => age.as_secs() <= max_age,
                Err(ahead) => ahead.duration() <= CLOCK_SKEW,
            })
        });
        has_context && is_recent
    }
}
