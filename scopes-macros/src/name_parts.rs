//! The names of scopes with parameters, in parts: `org:`, `{org}` and `:read` of `org:{org}:read`.

use std::iter;

/// A part of a scope's name.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    Parameter(&'a str),
    /// A brace without its pair.
    Brace,
}

/// Splits a name. Two parameters can be adjacent, two texts cannot.
pub(crate) fn parts(name: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = name;
    iter::from_fn(move || {
        let brace = rest.find(['{', '}']).unwrap_or(rest.len());
        if brace > 0 {
            let (text, after) = rest.split_at(brace);
            rest = after;
            return Some(Part::Text(text));
        }
        let (part, after) = match rest.strip_prefix('{').and_then(|inside| inside.split_once('}')) {
            Some((parameter, after)) => (Part::Parameter(parameter), after),
            None => (Part::Brace, rest.get(1..)?),
        };
        rest = after;
        Some(part)
    })
}
