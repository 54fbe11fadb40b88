use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::Requirement;

/// How far in the future a login may lie: the issuer's clock may run ahead. One beyond it is no moment that was.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// How and when a user must have logged in (RFC 9470): all that requirements say of it, together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Authentication {
    /// The authentication contexts that will do; `None` where any does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acr_values: Option<Vec<&'static str>>,
    /// How many seconds ago, at the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<u64>,
}

/// How and when the user of a token has logged in, as far as it says.
#[derive(Clone, Copy)]
pub(crate) struct Authenticated<'a> {
    pub(crate) acr: Option<&'a str>,
    pub(crate) at: Option<SystemTime>,
}

impl Authentication {
    pub(crate) fn of(requirements: impl IntoIterator<Item = Requirement>) -> Self {
        let mut all = Self::default();
        for requirement in requirements {
            requirement.add_authentication(&mut all);
        }
        all
    }

    /// Requires this as well. Where both name contexts, one that both name will do.
    pub(super) fn add(&mut self, acr_values: &[&'static str], max_age: Option<u64>) {
        if !acr_values.is_empty() {
            match &mut self.acr_values {
                Some(values) => values.retain(|value| acr_values.contains(value)),
                None => self.acr_values = Some(acr_values.to_vec()),
            }
        }
        self.max_age = [self.max_age, max_age].into_iter().flatten().min();
    }

    /// Whether there is a context that will do.
    #[cfg(feature = "openapi")]
    pub(crate) fn is_possible(&self) -> bool {
        self.acr_values.as_ref().is_none_or(|values| !values.is_empty())
    }

    /// Whether any login will do.
    #[cfg(feature = "openapi")]
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Authenticated<'_> {
    /// Whether this is one of the contexts, where there are any, and recent enough. What a token does not say it does not
    /// meet.
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
