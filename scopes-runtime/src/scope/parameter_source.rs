use std::borrow::Cow;

use axum::http::request::Parts;

/// An extractor that gives the value of a parameter.
pub(crate) struct ParameterSource {
    pub(crate) parameter: &'static str,
    pub(crate) value: fn(&Parts) -> Option<Cow<'_, str>>,
}
