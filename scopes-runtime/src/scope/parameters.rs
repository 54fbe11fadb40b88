//! Parameters of scopes: `{org}` in `org:{org}:read`.

use std::sync::Arc;

use super::granted::{is_scope_byte, is_scope_token};
use super::short_bytes::ShortBytes;

/// The values of parameters, for one check.
pub trait ParameterValues {
    /// Returns the value of a parameter. `None` if the parameter has no value, or several different values.
    fn value(&self, parameter: &str) -> Option<&str>;

    /// Returns the bytes of the value. A check reads these, so that values that are stored as bytes need no proof of UTF-8.
    fn bytes(&self, parameter: &str) -> Option<&[u8]> {
        self.value(parameter).map(str::as_bytes)
    }
}

/// Values that a refusal keeps.
pub(crate) type SharedValues = Arc<dyn ParameterValues + Send + Sync>;

/// No values, for requirements whose scopes have no parameters.
impl ParameterValues for () {
    fn value(&self, _parameter: &str) -> Option<&str> {
        None
    }
}

impl<N: AsRef<str>, V: AsRef<str>> ParameterValues for [(N, V)] {
    fn value(&self, parameter: &str) -> Option<&str> {
        self.iter().find(|(name, _)| name.as_ref() == parameter).map(|(_, value)| value.as_ref())
    }
}

/// A value of a parameter in `scopes!`: a string.
#[diagnostic::on_unimplemented(
    message = "value of type `{Self}` for the parameter of a scope, which is not a string",
    label = "expected a string, such as `&str` or `String`",
    note = "write `value.to_string()` for a value that implements `Display`"
)]
pub trait StringValue {
    /// Returns the string.
    fn as_string(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str> + ?Sized> StringValue for T {
    fn as_string(&self) -> &str {
        self.as_ref()
    }
}

/// Returns a value of a parameter in `scopes!`. For generated code.
#[must_use]
pub fn string_value<T: StringValue + ?Sized>(value: &T) -> &str {
    value.as_string()
}

/// Returns the values, or no values for `None`.
pub(super) fn values_of(values: &Option<SharedValues>) -> &dyn ParameterValues {
    match values {
        Some(values) => &**values,
        None => &(),
    }
}

/// Returns values that a refusal can keep.
pub(crate) fn shared(values: &[(&'static str, &str)]) -> SharedValues {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Arc::new(values)
}

impl<N: AsRef<str>, V: AsRef<str>> ParameterValues for Vec<(N, V)> {
    fn value(&self, parameter: &str) -> Option<&str> {
        self.as_slice().value(parameter)
    }
}

/// What is before a parameter in the name of a declared scope, the parameter, and what follows.
pub(super) type Split<'a> = (&'a str, &'a str, &'a str);

/// Returns the first parameter in the name of a declared scope.
pub(super) const fn next_parameter(name: &str) -> Option<Split<'_>> {
    let (mut start, mut at) = (None, 0);
    while at < name.len() {
        match (name.as_bytes()[at], start) {
            (b'{', _) => start = Some(at),
            (b'}', Some(start)) => {
                let (before, parameter) = name.split_at(at).0.split_at(start);
                return Some((before, parameter.split_at(1).1, name.split_at(at + 1).1));
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Iterates over parameters from the first one in the name of a declared scope.
pub(super) fn parameters(first: Option<Split<'_>>) -> impl Iterator<Item = &str> {
    let mut next = first;
    std::iter::from_fn(move || {
        let (_, parameter, after) = next?;
        next = next_parameter(after);
        Some(parameter)
    })
}

/// A scope with values in place of its parameters. Most are on the stack.
pub(super) struct ConcreteScope(ShortBytes<128>);

impl ConcreteScope {
    /// Returns the scope that a token must have. `None` if a parameter has no value, or one that no scope can contain.
    pub(super) fn of(name: &str, values: &(impl ParameterValues + ?Sized)) -> Option<Self> {
        Self::from_first(name, next_parameter(name), values)
    }

    /// Like [`of`](Self::of), with the first parameter of the name.
    pub(super) fn from_first(
        name: &str,
        first: Option<Split<'_>>,
        values: &(impl ParameterValues + ?Sized),
    ) -> Option<Self> {
        let (mut scope, mut rest, mut next) = (ShortBytes::new(), name, first);
        while let Some((before, parameter, after)) = next {
            let separator = separator(before, after);
            scope.push(before.as_bytes());
            scope.push(values.bytes(parameter).filter(|value| can_contain(value, separator))?);
            (rest, next) = (after, next_parameter(after));
        }
        scope.push(rest.as_bytes());
        Some(Self(scope))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    pub(super) fn as_str(&self) -> &str {
        // A scope-token is ASCII.
        std::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }
}

/// Returns the first parameter in the name whose value no scope can contain, and why, for the log.
pub(super) fn unusable_parameter(
    name: &'static str,
    values: &(impl ParameterValues + ?Sized),
) -> Option<(&'static str, String)> {
    let mut next = next_parameter(name);
    while let Some((before, parameter, after)) = next {
        let separator = separator(before, after);
        match values.bytes(parameter) {
            None | Some([]) => return Some((parameter, "is empty".to_owned())),
            Some(value) if !can_contain(value, None) => {
                let reason = "has a value with a character that scopes cannot contain";
                return Some((parameter, reason.to_owned()));
            }
            Some(value) if !can_contain(value, separator) => {
                let separator = separator.map(char::from).unwrap_or_default();
                let reason =
                    format!("has a value with `{separator}`, which separates it from the rest of the scope");
                return Some((parameter, reason));
            }
            Some(_) => next = next_parameter(after),
        }
    }
    None
}

/// Returns whether a scope can contain the value.
fn can_contain(value: &[u8], separator: Option<u8>) -> bool {
    !value.is_empty() && value.iter().all(|byte| is_scope_byte(*byte) && Some(*byte) != separator)
}

/// Returns the byte that a value must not contain: the one after its parameter, or the one before it at the end of the name.
/// So a concrete scope has one reading.
fn separator(before: &str, after: &str) -> Option<u8> {
    after.bytes().next().or(before.bytes().last())
}

/// Returns whether the scope is the declared one with some values.
pub(super) fn is_concrete(name: &str, scope: &str) -> bool {
    let (mut name, mut rest) = (name, scope);
    while let Some((before, _, after)) = next_parameter(name) {
        let separator = separator(before, after);
        let Some(from_value) = rest.strip_prefix(before) else { return false };
        let end = from_value.bytes().position(|byte| Some(byte) == separator).unwrap_or(from_value.len());
        if end == 0 {
            return false;
        }
        (name, rest) = (after, from_value.get(end..).unwrap_or_default());
    }
    rest == name && is_scope_token(scope)
}
