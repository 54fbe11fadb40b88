//! The parameters of a path, read by axum's `Path`, so that they are those that handlers get.

use std::fmt;

use axum::extract::{FromRequestParts as _, Path};
use axum::http::request::Parts;
use futures_util::FutureExt as _;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::scope::ShortBytes;

/// Each name and its value, both after their lengths. Two are equal if they have the same names and values in the same order.
/// Most are on the stack, and small: a request with parameters moves them several times.
#[derive(Clone, PartialEq)]
pub(super) struct PathValues(ShortBytes<96>);

impl PathValues {
    /// Reads the path of a request. `None` if a value is not UTF-8, or if no axum router has routed the request.
    pub(super) fn of(parts: &mut Parts) -> Option<Self> {
        // The future of this extractor is always ready.
        let path = Path::from_request_parts(parts, &()).now_or_never()?;
        path.ok().map(|Path(path)| path)
    }

    /// Iterates over the values of the parameter.
    pub(super) fn values_of(&self, parameter: &str) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            loop {
                let (name, value) = (text(&mut rest)?, text(&mut rest)?);
                if name == parameter.as_bytes() {
                    return Some(value);
                }
            }
        })
    }
}

/// Returns the first text, and removes it.
fn text<'a>(texts: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (len, rest) = texts.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u16::from_le_bytes(*len).into())?;
    *texts = rest;
    Some(text)
}

impl<'de> Deserialize<'de> for PathValues {
    fn deserialize<D: Deserializer<'de>>(path: D) -> Result<Self, D::Error> {
        path.deserialize_map(PathVisitor)
    }
}

struct PathVisitor;

impl<'de> Visitor<'de> for PathVisitor {
    type Value = PathValues;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the parameters of a path")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut path: M) -> Result<PathValues, M::Error> {
        let mut texts = ShortBytes::new();
        while path.next_key_seed(Append(&mut texts))?.is_some() {
            path.next_value_seed(Append(&mut texts))?;
        }
        Ok(PathValues(texts))
    }
}

/// Appends a text. A path has less than 64 KiB.
struct Append<'a>(&'a mut ShortBytes<96>);

impl<'de> DeserializeSeed<'de> for Append<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<(), D::Error> {
        text.deserialize_str(self)
    }
}

impl Visitor<'_> for Append<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let len = u16::try_from(text.len()).map_err(E::custom)?;
        self.0.push(&len.to_le_bytes());
        self.0.push(text.as_bytes());
        Ok(())
    }
}
