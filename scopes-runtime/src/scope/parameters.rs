//! Parameters of scopes: `{org}` in `org:{org}:read`.

use std::sync::Arc;

use smallvec::SmallVec;

use super::granted::is_scope_token;

/// The values of parameters, for one check.
pub trait ParameterValues {
    /// Returns the value of a parameter. `None` if the parameter has no value, or several different values.
    fn value(&self, parameter: &str) -> Option<&str>;
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

/// A part of the name of a declared scope.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    /// A parameter, and the byte that its value must not contain: the one after it, or the one before it at the end of the name.
    /// So a concrete scope has one reading.
    Parameter(&'a str, Option<u8>),
}

/// Iterates over the parts of a name whose braces `#[declare_scopes]` has checked.
fn pieces(name: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = name.get(start..).filter(|rest| !rest.is_empty())?;
        let bytes = name.as_bytes();
        if let Some((parameter, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            let before = start.checked_sub(1).map(|at| bytes[at]);
            start = name.len() - after.len();
            return Some(Piece::Parameter(parameter, bytes.get(start).copied().or(before)));
        }
        let text = rest.find('{').filter(|at| *at > 0).map_or(rest, |at| &rest[..at]);
        start += text.len();
        Some(Piece::Text(text))
    })
}

/// Returns the first parameter in the name of a declared scope, and what follows.
pub(super) const fn next_parameter(name: &str) -> Option<(&str, &str)> {
    let (mut start, mut at) = (None, 0);
    while at < name.len() {
        match (name.as_bytes()[at], start) {
            (b'{', _) => start = Some(at + 1),
            (b'}', Some(start)) => {
                let (before, after) = name.split_at(at);
                return Some((before.split_at(start).1, after.split_at(1).1));
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Iterates over the parameters in the name of a declared scope.
pub(super) fn parameters(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let (parameter, after) = next_parameter(rest)?;
        rest = after;
        Some(parameter)
    })
}

/// A scope with values in place of its parameters. Most are on the stack.
pub(super) struct ConcreteScope(SmallVec<[u8; 128]>);

impl ConcreteScope {
    /// Returns the scope that a token must have. `None` if a parameter has no value, or one that no scope can contain.
    pub(super) fn of(name: &str, values: &(impl ParameterValues + ?Sized)) -> Option<Self> {
        let mut scope = SmallVec::new();
        for piece in pieces(name) {
            let text = match piece {
                Piece::Text(text) => text,
                Piece::Parameter(parameter, separator) => {
                    values.value(parameter).filter(|value| can_contain(value, separator))?
                }
            };
            scope.extend_from_slice(text.as_bytes());
        }
        Some(Self(scope))
    }

    pub(super) fn as_str(&self) -> &str {
        // A scope-token is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Returns whether a scope can contain the value.
fn can_contain(value: &str, separator: Option<u8>) -> bool {
    is_scope_token(value) && separator.is_none_or(|separator| !value.as_bytes().contains(&separator))
}

/// Returns whether the scope is the declared one with some values.
pub(super) fn is_concrete(name: &str, scope: &str) -> bool {
    if !is_scope_token(scope) {
        return false;
    }
    let mut rest = scope;
    for piece in pieces(name) {
        let after = match piece {
            Piece::Text(text) => rest.strip_prefix(text),
            Piece::Parameter(_, separator) => {
                let is_separator = |byte: &u8| Some(*byte) == separator;
                let end = rest.bytes().position(|byte| is_separator(&byte)).unwrap_or(rest.len());
                rest.get(end..).filter(|_| end > 0)
            }
        };
        let Some(after) = after else { return false };
        rest = after;
    }
    rest.is_empty()
}
