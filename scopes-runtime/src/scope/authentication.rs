use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::shown_text::quoted;

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

/// Why an authentication is not recent enough.
enum Staleness {
    /// There is no `auth_time`.
    Unknown,
    /// The age in seconds.
    Old(u64),
    /// The seconds that `auth_time` is in the future.
    Ahead(u64),
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
        has_context && max_age.is_none_or(|max_age| self.staleness(max_age).is_none())
    }

    /// Returns why the authentication is not recent enough. `None` if it is.
    fn staleness(&self, max_age: u64) -> Option<Staleness> {
        let Some(at) = self.at else { return Some(Staleness::Unknown) };
        match at.elapsed() {
            Ok(age) => Some(age.as_secs()).filter(|age| *age > max_age).map(Staleness::Old),
            Err(ahead) => {
                let ahead = Some(ahead.duration()).filter(|ahead| *ahead > CLOCK_SKEW);
                ahead.map(|ahead| Staleness::Ahead(ahead.as_secs()))
            }
        }
    }

    /// Returns which of the conditions this does not meet, for the log.
    pub(crate) fn failures(&self, required: &Authentication) -> Vec<String> {
        let mut failures = Vec::new();
        let stale = required.max_age.and_then(|max_age| Some((max_age, self.staleness(max_age)?)));
        if let Some((max_age, staleness)) = stale {
            let found = match staleness {
                Staleness::Unknown => "the token has no claim `auth_time`".to_owned(),
                Staleness::Old(age) => format!("the user authenticated {age} s ago (`auth_time`)"),
                Staleness::Ahead(ahead) => format!("the claim `auth_time` is {ahead} s in the future"),
            };
            failures.push(format!("`max_age` is {max_age} s, but {found}"));
        }
        if let Some(accepted) = &required.acr_values
            && !self.acr.is_some_and(|acr| accepted.contains(&acr))
        {
            let found = self.acr.map_or_else(|| "missing".to_owned(), quoted);
            let accepted = accepted.join("` or `");
            failures.push(format!("the claim `acr` must be `{accepted}`, but is {found}"));
        }
        failures
    }
}
