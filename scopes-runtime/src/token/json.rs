use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// What is wrong with a text, to follow its name. Never the text itself, which serde_json's messages quote.
#[derive(Debug, thiserror::Error)]
pub(super) enum Malformed {
    #[error("is not a JSON object")]
    NotAnObject,
    #[error("repeats a member name")]
    RepeatedName,
}

/// A JSON object in which no object repeats a member name: RFC 7515 section 4 and RFC 7519 section 4 allow to
/// refuse it, and readers that disagree on which one counts are a way in.
pub(super) fn object(text: &[u8]) -> Result<Map<String, Value>, Malformed> {
    let _: UniqueNames = serde_json::from_slice(text).map_err(|error| {
        // The only error that `UniqueNames` makes itself.
        if error.is_data() { Malformed::RepeatedName } else { Malformed::NotAnObject }
    })?;
    serde_json::from_slice(text).map_err(|_| Malformed::NotAnObject)
}

/// Any JSON without repeated names. It keeps nothing: a `Value` built here would depend on the features of
/// serde_json that another crate may switch on.
struct UniqueNames;

impl<'de> Deserialize<'de> for UniqueNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for UniqueNames {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self, A::Error> {
        while let Some(Self) = elements.next_element()? {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut names = HashSet::<String>::new();
        while let Some(name) = members.next_key()? {
            if !names.insert(name) {
                return Err(Error::custom("a repeated member name"));
            }
            let Self = members.next_value()?;
        }
        Ok(self)
    }
}
