//! Parameters in the names of scopes: `{org}` in `org:{org}:read`.

use std::collections::HashSet;

use syn::{Error, Ident, LitStr};

use super::scope::Scope;
use crate::name_parts::{Part, parts};

/// Returns the parameters of a name.
pub(super) fn parameters(name: &LitStr) -> syn::Result<Vec<String>> {
    let problem = |problem: String| Err(Error::new_spanned(name, problem));
    let text = name.value();
    let mut parameters = Vec::new();
    let (mut parts, mut before) = (parts(&text).peekable(), None);
    while let Some(part) = parts.next() {
        let parameter = match part {
            Part::Text(text) => {
                before = text.chars().last();
                continue;
            }
            Part::Parameter(parameter) => parameter,
            Part::Brace => {
                return problem(
                    "brace without its pair in a scope name; write a parameter as `{org}`".to_owned(),
                );
            }
        };
        let is_word = parameter.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_word || syn::parse_str::<Ident>(&format!("r#{parameter}")).is_err() {
            return problem(format!(
                "invalid parameter `{{{parameter}}}` in a scope name; write the name of a path parameter, such as `{{org}}`"
            ));
        }
        if parameters.iter().any(|other| other == parameter) {
            return problem(format!(
                "duplicate parameter `{{{parameter}}}` in a scope name; give each one its own name"
            ));
        }
        // A value cannot contain the character beside its parameter, so that a scope has one reading.
        let separator = match parts.peek() {
            Some(Part::Text(after)) => after.chars().next(),
            Some(Part::Parameter(_)) => None,
            // The error of the next step.
            Some(Part::Brace) => Some('{'),
            None => before,
        };
        if separator.is_none_or(|separator| separator.is_ascii_alphanumeric()) {
            return problem(format!(
                "no separator beside the parameter `{{{parameter}}}`; put a character such as `:` or `/` between it and \
                 the rest of the name"
            ));
        }
        parameters.push(parameter.to_owned());
        before = None;
    }
    Ok(parameters)
}

/// Reports implications that would make a value of one scope count for other values or for everything.
pub(super) fn check_implications(scopes: &[Scope], implications: &[Vec<usize>], errors: &mut Vec<Error>) {
    for (scope, implied) in scopes.iter().zip(implications) {
        for implied in implied.iter().map(|at| &scopes[*at]) {
            let (own, other): (HashSet<_>, HashSet<_>) =
                (scope.parameters.iter().collect(), implied.parameters.iter().collect());
            if own.is_empty() || own == other {
                continue;
            }
            let written = scope.implies.iter().find(|variant| **variant == implied.variant);
            let at = written.unwrap_or(&scope.variant);
            errors.push(Error::new_spanned(
                at,
                format!(
                    "`{}` has parameters, so it can imply only scopes with the same parameters, which `{}` does not have; \
                     declare a scope without parameters that implies both",
                    scope.name.value(),
                    implied.name.value(),
                ),
            ));
        }
    }
}

/// Reports two scopes that one concrete scope can stand for.
pub(super) fn check_overlaps(scopes: &[Scope], errors: &mut Vec<Error>) {
    for (at, scope) in scopes.iter().enumerate() {
        let other = scopes[..at].iter().find(|other| {
            let has_parameters = !scope.parameters.is_empty() || !other.parameters.is_empty();
            has_parameters && scope.name.value() != other.name.value() && overlap(scope, other)
        });
        if let Some(other) = other {
            errors.push(Error::new_spanned(
                &scope.name,
                format!(
                    "`{}` and `{}` can be the same scope, with a value in place of a parameter; rename one of them",
                    other.name.value(),
                    scope.name.value(),
                ),
            ));
        }
    }
}

/// A character of a name, or the characters that a value takes there.
#[derive(Clone, Copy)]
enum Step {
    One(char),
    /// One or more characters other than this one.
    Value(Option<char>),
}

fn steps(scope: &Scope) -> Vec<Step> {
    let name = scope.name.value();
    if scope.parameters.is_empty() {
        return name.chars().map(Step::One).collect();
    }
    let mut steps = Vec::new();
    let (mut parts, mut before) = (parts(&name).peekable(), None);
    while let Some(part) = parts.next() {
        match part {
            Part::Text(text) => {
                steps.extend(text.chars().map(Step::One));
                before = text.chars().last();
            }
            Part::Parameter(_) | Part::Brace => {
                let after = match parts.peek() {
                    Some(Part::Text(after)) => after.chars().next(),
                    _ => None,
                };
                steps.push(Step::Value(after.or(before)));
            }
        }
    }
    steps
}

/// Returns whether a text is both names with values. It walks through both at once: a position is a step, and whether the value
/// there has begun.
fn overlap(first: &Scope, second: &Scope) -> bool {
    let (first, second) = (steps(first), steps(second));
    let own = |step: &Step| match *step {
        Step::One(character) => Some(character),
        Step::Value(separator) => separator,
    };
    // Any other character is like the placeholder.
    let alphabet: HashSet<char> = first.iter().chain(&second).filter_map(own).chain(['\0']).collect();
    let mut seen = HashSet::new();
    let mut open = vec![((0, false), (0, false))];
    while let Some((left, right)) = open.pop() {
        if is_end(&first, left) && is_end(&second, right) {
            return true;
        }
        if !seen.insert((left, right)) {
            continue;
        }
        for &character in &alphabet {
            for left in after(&first, left, character) {
                open.extend(after(&second, right, character).map(|right| (left, right)));
            }
        }
    }
    false
}

type Position = (usize, bool);

fn is_end(steps: &[Step], (at, has_begun): Position) -> bool {
    at == steps.len() || has_begun && at + 1 == steps.len()
}

/// Returns the positions after the character.
fn after(
    steps: &[Step],
    (at, has_begun): Position,
    character: char,
) -> impl Iterator<Item = Position> + use<> {
    let from = |at: usize| match steps.get(at) {
        Some(Step::One(one)) => (*one == character).then_some((at + 1, false)),
        Some(Step::Value(separator)) => (*separator != Some(character)).then_some((at, true)),
        None => None,
    };
    let next = has_begun.then(|| from(at + 1)).flatten();
    from(at).into_iter().chain(next)
}
