//! The values of scopes' parameters, from a request.

#[cfg(feature = "mcp")]
use std::sync::Arc;

use axum::http::Uri;
use axum::http::request::Parts;

use super::context::{AuthContext, AuthorizedPath};
use super::path_values::PathValues;
use super::telemetry;
#[cfg(feature = "mcp")]
use crate::scope::SharedValues;
use crate::scope::{ParameterSource, ParameterValues, Requirement, Requirements};

/// The values of parameters from a request: of the path, and of the extractors that give others.
pub(super) struct RequestValues {
    path: Option<PathValues>,
    others: Vec<(&'static str, String)>,
    /// The extractors that give values.
    sources: Vec<&'static ParameterSource>,
}

impl RequestValues {
    /// Reads the values for an operation. `None` if its scopes have no parameters.
    pub(super) fn of(parts: &mut Parts, required: &Requirements) -> Option<Self> {
        required.has_parameters().then(|| Self::read(parts, required.parameter_sources()))
    }

    /// Like [`of`](Self::of), for a part of the operation that is being served.
    pub(super) fn of_part(parts: &mut Parts, part: Requirement) -> Option<Self> {
        let context = parts.extensions.get::<AuthContext>();
        let required = context.and_then(|context| context.required.as_ref());
        let has_parameters = part.has_parameters() || required.is_some_and(Requirements::has_parameters);
        if !has_parameters {
            return None;
        }
        let part = Requirements::from(part);
        let required = required.cloned().unwrap_or_else(|| part.clone());
        let mut sources = required.parameter_sources();
        sources.extend(part.parameter_sources());
        let values = Self::read(parts, sources);
        values.warn_of_missing([&required, &part], &parts.uri);
        Some(values)
    }

    fn read(parts: &mut Parts, sources: Vec<&'static ParameterSource>) -> Self {
        let others = sources.iter().filter_map(|source| {
            let value = (source.value)(parts)?;
            Some((source.parameter, value.into_owned()))
        });
        let others = others.collect();
        Self { path: PathValues::of(parts), others, sources }
    }

    /// Warns of parameters that the route does not have. Values that are not UTF-8, or that an extractor does not find, are
    /// mistakes of the client.
    pub(super) fn warn_of_missing<'a>(&self, all: impl IntoIterator<Item = &'a Requirements>, uri: &Uri) {
        let is_of_route = |parameter: &&str| {
            self.path.is_some() && !self.sources.iter().any(|source| source.parameter == *parameter)
        };
        let incomplete = all.into_iter().filter(|required| !required.has_values(self));
        let missing = incomplete.flat_map(|required| required.missing_parameters(self));
        for parameter in missing.filter(is_of_route) {
            telemetry::missing_parameter(parameter, uri);
        }
    }

    /// Returns the path that a request with these values is authorized for. `None` if extractors give values: what they are
    /// read from may change until the next check.
    pub(super) fn into_authorized(self) -> AuthorizedPath {
        self.path.filter(|_| self.sources.is_empty()).map_or(AuthorizedPath::None, AuthorizedPath::With)
    }
}

/// Returns the values for an operation that the request is not authorized for. `None` if it has no parameters.
#[cfg(feature = "mcp")]
pub(crate) fn parameter_values(parts: &mut Parts, required: &Requirements) -> Option<SharedValues> {
    let values = RequestValues::of(parts, required)?;
    values.warn_of_missing([required], &parts.uri);
    Some(Arc::new(values) as SharedValues)
}

impl ParameterValues for RequestValues {
    fn value(&self, parameter: &str) -> Option<&str> {
        // It was written from a string.
        self.bytes(parameter).and_then(|value| str::from_utf8(value).ok())
    }

    fn bytes(&self, parameter: &str) -> Option<&[u8]> {
        let (mut only, mut are_same) = (None, true);
        let mut add = |value| are_same &= *only.get_or_insert(value) == value;
        if let Some(path) = &self.path {
            path.values_of(parameter).for_each(&mut add);
        }
        for (_, value) in self.others.iter().filter(|(name, _)| *name == parameter) {
            add(value.as_bytes());
        }
        only.filter(|_| are_same)
    }
}
