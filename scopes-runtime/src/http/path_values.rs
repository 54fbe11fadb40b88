//! The parameters of a path, read by axum's `Path`, so that they are those that handlers get.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use smallvec::SmallVec;

/// Names and values in one text. Most are on the stack.
#[derive(Default)]
pub(super) struct PathValues {
    text: SmallVec<[u8; 128]>,
    /// The ends of each name and of its value.
    ends: SmallVec<[(usize, usize); 4]>,
}

impl PathValues {
    /// Iterates over the names with their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let starts = [0].into_iter().chain(self.ends.iter().map(|(_, end)| *end));
        starts.zip(&self.ends).map(|(start, &(name, value))| (self.text(start, name), self.text(name, value)))
    }

    fn text(&self, start: usize, end: usize) -> &str {
        // It was written from a string.
        std::str::from_utf8(&self.text[start..end]).unwrap_or_default()
    }
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
        let mut values = PathValues::default();
        while path.next_key_seed(Append(&mut values.text))?.is_some() {
            let name = values.text.len();
            path.next_value_seed(Append(&mut values.text))?;
            values.ends.push((name, values.text.len()));
        }
        Ok(values)
    }
}

/// Appends a string to the text.
struct Append<'a>(&'a mut SmallVec<[u8; 128]>);

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
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
