use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::value::{Object, Value};

/// The error of a JSON text that is refused. The message is a predicate for the name of the text. It never contains the text,
/// which serde_json's messages quote.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum JsonError {
    #[cfg(feature = "mcp")]
    #[error("is not JSON")]
    NotJson,
    #[cfg(feature = "_jwt")]
    #[error("is not a JSON object")]
    NotAnObject,
    #[error("repeats a member name")]
    RepeatedName,
    #[error("has a member name that serde_json reserves")]
    ReservedName,
}

/// Parses a JSON object, and refuses repeated member names at every depth, as RFC 7515 section 4 and RFC 7519 section 4 allow.
/// Parsers disagree on which of two members counts, so that one could check a claim that another does not see.
#[cfg(feature = "_jwt")]
pub(in crate::token) fn object(text: &[u8]) -> Result<Object<'_>, JsonError> {
    match parsed(text, JsonError::NotAnObject)? {
        Value::Object(object) => Ok(object),
        _ => Err(JsonError::NotAnObject),
    }
}

/// Parses a JSON text, and refuses repeated member names at every depth. Parsers disagree on which of two members counts.
#[cfg(feature = "mcp")]
pub(crate) fn value(text: &[u8]) -> Result<serde_json::Value, JsonError> {
    parsed(text, JsonError::NotJson).map(Into::into)
}

fn parsed(text: &[u8], malformed: JsonError) -> Result<Value<'_>, JsonError> {
    // Checking UTF-8 once is faster than serde_json's check of each string.
    let text = str::from_utf8(text).map_err(|_| malformed)?;
    let error = Cell::new(malformed);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = StrictValue(&error).deserialize(&mut deserializer);
    value.and_then(|value| deserializer.end().map(|()| value)).map_err(|_| error.get())
}

/// Prefix of the names under which serde_json passes numbers (feature `arbitrary_precision`) and unparsed text (feature
/// `raw_value`) through serde, each as an object with one member. Its own `Value` does not distinguish these from objects in
/// the text: it replaces `{"$serde_json::private::RawValue": "…"}` by the JSON in the string. Any dependency of the
/// application can enable the features. So these names are refused with every feature, and [`StrictValue`] parses in place
/// of serde_json's `Value`.
const RESERVED: &str = "$serde_json::private::";
/// The name of a number that is neither a `u64` nor an `i64`, with `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// The capacity that the first member of an object reserves: most tokens have about eight claims. A token may contain 2400
/// objects with one member, which take 464 bytes each.
const FIRST_MEMBERS: usize = 8;
/// Most members of an object whose names are compared with each other. The names of a larger object are in a set, because
/// comparing each with all others takes quadratic time.
const MAX_COMPARED: usize = 16;

/// Deserializes a [`Value`]. If a member name is refused, the cell contains the reason.
#[derive(Clone, Copy)]
struct StrictValue<'a>(&'a Cell<JsonError>);

impl StrictValue<'_> {
    fn refuse<T, E: Error>(self, error: JsonError) -> Result<T, E> {
        self.0.set(error);
        Err(E::custom(error))
    }
}

impl<'de> DeserializeSeed<'de> for StrictValue<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictValue<'_> {
    type Value = Value<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value<'de>, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("out of range"))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(value.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
        let (mut object, mut names) = (Vec::new(), BTreeSet::new());
        while let Some(Name(name)) = members.next_key()? {
            if name.starts_with(RESERVED) {
                return match (&*name, members.next_value_seed(NumberText)) {
                    (NUMBER, Ok(number)) => {
                        number.map(Value::Number).ok_or_else(|| A::Error::custom("out of range"))
                    }
                    _ => self.refuse(JsonError::ReservedName),
                };
            }
            if !is_new(&name, &object, &mut names) {
                return self.refuse(JsonError::RepeatedName);
            }
            if object.is_empty() {
                object.reserve(FIRST_MEMBERS);
            }
            object.push((name, members.next_value_seed(self)?));
        }
        Ok(Value::Object(Object(object)))
    }
}

/// Returns whether no member has this name yet. Adds it to `names` if there are [`MAX_COMPARED`] members already.
#[expect(clippy::ptr_arg, reason = "a clone of a borrowed `Cow` copies no text")]
fn is_new<'a>(
    name: &Cow<'a, str>,
    members: &[(Cow<'a, str>, Value<'a>)],
    names: &mut BTreeSet<Cow<'a, str>>,
) -> bool {
    if members.len() < MAX_COMPARED {
        return members.iter().all(|(other, _)| other != name);
    }
    if names.is_empty() {
        names.extend(members.iter().map(|(name, _)| name.clone()));
    }
    names.insert(name.clone())
}

/// A member name, borrowed from the text unless it has an escape. serde deserializes a `Cow` as owned without `borrow`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Deserializes the text of a number, which serde_json passes as an owned `String`. It passes a string of the JSON text as a
/// `&str`, which is refused. Returns `None` if the number is out of the range of `f64`, as serde_json does without the feature.
struct NumberText;

impl<'de> DeserializeSeed<'de> for NumberText {
    type Value = Option<Number>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for NumberText {
    type Value = Option<Number>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the text of a number")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(E::custom("a string"))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(text.parse().ok().filter(|number: &Number| number.as_f64().is_some()))
    }
}
