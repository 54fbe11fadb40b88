use std::borrow::Cow;

use serde_json::{Map, Number};

/// A JSON value. A string borrows from the text that it was parsed from, unless it has an escape. serde_json's `Value`
/// allocates each string and each name.
pub(in crate::token) enum Value<'a> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    Array(Vec<Self>),
    Object(Object<'a>),
}

/// The members of a JSON object. No name is repeated.
pub(in crate::token) struct Object<'a>(pub(super) Vec<(Cow<'a, str>, Value<'a>)>);

impl Value<'_> {
    pub(in crate::token) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(in crate::token) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    pub(in crate::token) fn as_object(&self) -> Option<&Object<'_>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

#[cfg(feature = "_jwt")]
impl<'a> Value<'a> {
    pub(in crate::token) fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    pub(in crate::token) fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    pub(in crate::token) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }
}

#[cfg(feature = "issuer")]
impl Value<'_> {
    pub(in crate::token) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

impl<'a> Object<'a> {
    /// Returns the value of the member. Takes linear time, so do not call it for each member.
    pub(in crate::token) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    #[cfg(feature = "_jwt")]
    pub(in crate::token) fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(in crate::token) fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }
}

impl PartialEq<str> for Value<'_> {
    fn eq(&self, text: &str) -> bool {
        self.as_str() == Some(text)
    }
}

impl<'a> From<&'a serde_json::Value> for Value<'a> {
    fn from(value: &'a serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Number(number.clone()),
            serde_json::Value::String(text) => Self::String(text.into()),
            serde_json::Value::Array(elements) => Self::Array(elements.iter().map(Into::into).collect()),
            serde_json::Value::Object(members) => Self::Object(members.iter().collect()),
        }
    }
}

impl<'a> FromIterator<(&'a String, &'a serde_json::Value)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a String, &'a serde_json::Value)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl From<Value<'_>> for serde_json::Value {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::String(text.into_owned()),
            Value::Array(elements) => Self::Array(elements.into_iter().map(Into::into).collect()),
            Value::Object(members) => Self::Object(members.into()),
        }
    }
}

impl From<Object<'_>> for Map<String, serde_json::Value> {
    fn from(object: Object<'_>) -> Self {
        object.0.into_iter().map(|(name, value)| (name.into_owned(), value.into())).collect()
    }
}
