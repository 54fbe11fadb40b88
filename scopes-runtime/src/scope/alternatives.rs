//! The sets of scopes that satisfy requirements: only those that no other one makes redundant.

use std::borrow::Cow;
use std::sync::Arc;

use super::parameters::{ConcreteScope, SharedValues, unusable_parameter, values_of};
use super::{DeclaredScope, GrantedScopes};

/// The maximum number of alternatives of a requirement. A refusal lists all of them.
pub(crate) const MAX_ALTERNATIVES: usize = 64;

/// The longest scope with a value that a refusal names. Clients choose the values, and a refusal repeats each scope.
const MAX_NAMED_BYTES: usize = 256;

/// A scope of an alternative: a declared one, or one that a request needs.
pub(crate) trait AlternativeScope: Clone {
    /// Returns whether every token that satisfies this scope satisfies the other one.
    fn always_satisfies(&self, other: &Self) -> bool;

    /// Returns the name for reports and events, with parameters that have no value.
    fn shown(&self) -> Cow<'static, str>;
}

impl AlternativeScope for &'static DeclaredScope {
    fn always_satisfies(&self, other: &Self) -> bool {
        always_satisfies(self, other)
    }

    fn shown(&self) -> Cow<'static, str> {
        self.name().into()
    }
}

/// A scope that a request needs, with the values of its parameters.
#[derive(Clone)]
pub(crate) struct RequiredScope {
    pub(super) declared: &'static DeclaredScope,
    /// `None` if the scope has no parameter.
    pub(super) values: Option<SharedValues>,
}

impl RequiredScope {
    /// Returns the scope that a token must have. `None` if no token can have it, because of the value of a parameter, and if it
    /// is too long for a refusal.
    pub(crate) fn name(&self) -> Option<Cow<'static, str>> {
        if !self.declared.has_parameters() {
            return Some(self.declared.name().into());
        }
        let values = values_of(&self.values);
        let is_long = |name| values.bytes(name).is_some_and(|value| value.len() > MAX_NAMED_BYTES);
        if self.declared.parameters().any(is_long) {
            return None;
        }
        let scope = ConcreteScope::of(self.declared.name(), values)?;
        (scope.as_str().len() <= MAX_NAMED_BYTES).then(|| scope.as_str().to_owned().into())
    }

    /// Returns the first parameter whose value no scope can contain, and why, for the log.
    pub(crate) fn unusable_parameter(&self) -> Option<(&'static str, String)> {
        unusable_parameter(self.declared.name(), values_of(&self.values))
    }

    pub(crate) fn is_granted(&self, granted: &GrantedScopes) -> bool {
        !granted.is_empty() && self.declared.is_granted(granted, values_of(&self.values))
    }
}

impl AlternativeScope for RequiredScope {
    fn always_satisfies(&self, other: &Self) -> bool {
        // A scope with parameters implies only scopes with the same ones.
        let has_same_values = || {
            if let (Some(own), Some(others)) = (&self.values, &other.values)
                && Arc::ptr_eq(own, others)
            {
                return true;
            }
            let (own, others) = (values_of(&self.values), values_of(&other.values));
            self.declared.parameters().all(|name| own.value(name) == others.value(name))
        };
        always_satisfies(self.declared, other.declared) && has_same_values()
    }

    fn shown(&self) -> Cow<'static, str> {
        self.name().unwrap_or_else(|| self.declared.name().into())
    }
}

/// Returns whether every token that satisfies the first scope satisfies the second one, with the same values of parameters. Two
/// vocabularies may declare scopes with the same name that different scopes imply.
pub(super) fn always_satisfies(first: &DeclaredScope, second: &DeclaredScope) -> bool {
    is_or_implies(first.name(), second)
        && first.implied_by().iter().all(|broader| is_or_implies(broader, second))
}

/// Returns whether this is the name of the scope, or of one that implies it.
pub(crate) fn is_or_implies(name: &str, scope: &DeclaredScope) -> bool {
    name == scope.name() || scope.implied_by().contains(&name)
}

/// Returns the sets that contain a set of each list.
pub(super) fn all_combinations<S: Clone>(lists: impl IntoIterator<Item = Vec<Vec<S>>>) -> Vec<Vec<S>> {
    lists.into_iter().fold(vec![Vec::new()], |sets, list| {
        let with_each =
            |left: &Vec<S>| list.iter().map(|right| [left.as_slice(), right].concat()).collect::<Vec<_>>();
        sets.iter().flat_map(with_each).collect()
    })
}

/// Returns the sets of scopes without those that others cover.
pub(super) fn minimal<S: AlternativeScope>(alternatives: Vec<Vec<S>>) -> Vec<Vec<S>> {
    let alternatives: Vec<_> = alternatives.into_iter().map(without_implied).collect();
    // What all sets satisfy is left out of the comparisons: a batch of MCP can have 64 sets with many common scopes.
    let Some((first, others)) = alternatives.split_first() else { return Vec::new() };
    let is_common = |scope: &&S| others.iter().all(|other| satisfy(other, scope));
    let common: Vec<S> = first.iter().filter(is_common).cloned().collect();
    let mut minimal: Vec<(Vec<S>, Vec<S>)> = Vec::new();
    for alternative in alternatives {
        let own: Vec<S> = alternative.iter().filter(|scope| !satisfy(&common, scope)).cloned().collect();
        if !minimal.iter().any(|(other, _)| covers(&own, other)) {
            minimal.retain(|(other, _)| !covers(other, &own));
            minimal.push((own, alternative));
        }
    }
    minimal.into_iter().map(|(_, alternative)| alternative).collect()
}

/// Returns the minimal sets of scopes that contain a set of each list.
pub(crate) fn minimal_of_both(
    first: &[Vec<&'static DeclaredScope>],
    second: &[Vec<&'static DeclaredScope>],
) -> Vec<Vec<&'static DeclaredScope>> {
    minimal(all_combinations([first.to_vec(), second.to_vec()]))
}

/// Returns the sets of scopes as they are written: unlike [`minimal`], a set whose scopes imply another set is listed. No set
/// contains a scope that another of its scopes implies, or all scopes of another set.
#[cfg(feature = "openapi")]
pub(super) fn as_written(alternatives: Vec<Vec<&'static DeclaredScope>>) -> Vec<Vec<&'static DeclaredScope>> {
    let mut alternatives: Vec<_> = alternatives.into_iter().map(without_implied).collect();
    let mut at = 0;
    while at < alternatives.len() {
        let is_redundant = alternatives.iter().enumerate().any(|(other_at, other)| {
            let contains = |scopes: &[&DeclaredScope], scope: &DeclaredScope| {
                scopes.iter().any(|one| one.name() == scope.name() && one.implied_by() == scope.implied_by())
            };
            let has_all = other.iter().all(|scope| contains(&alternatives[at], scope));
            has_all && (other.len() < alternatives[at].len() || other_at < at)
        });
        if is_redundant {
            alternatives.remove(at);
        } else {
            at += 1;
        }
    }
    alternatives
}

fn without_implied<S: AlternativeScope>(alternative: Vec<S>) -> Vec<S> {
    let mut kept: Vec<S> = Vec::new();
    for scope in alternative {
        if !kept.iter().any(|other| other.always_satisfies(&scope)) {
            kept.retain(|other| !scope.always_satisfies(other));
            kept.push(scope);
        }
    }
    kept
}

/// Returns whether a token with the first set always satisfies the second.
fn covers<S: AlternativeScope>(first: &[S], second: &[S]) -> bool {
    second.iter().all(|scope| satisfy(first, scope))
}

/// Returns whether a token with these scopes always satisfies the scope.
fn satisfy<S: AlternativeScope>(scopes: &[S], scope: &S) -> bool {
    scopes.iter().any(|one| one.always_satisfies(scope))
}

/// Returns the alternative with the fewest missing scopes; among equals, and if no scope of any of them is granted, the first.
/// So the order of a requirement decides what clients without any of the scopes request: the fewest scopes may be those that
/// allow most.
pub(crate) fn cheapest<S>(alternatives: &[Vec<S>], is_granted: impl Fn(&S) -> bool) -> Option<usize> {
    let missing = |scopes: &Vec<S>| scopes.iter().filter(|scope| !is_granted(scope)).count();
    let missing: Vec<_> = alternatives.iter().map(missing).collect();
    let is_any_granted = missing.iter().zip(alternatives).any(|(missing, scopes)| *missing < scopes.len());
    (0..missing.len()).min_by_key(|at| if is_any_granted { missing[*at] } else { 0 })
}

/// Returns the alternatives, each as a `scope` parameter: `me items or admin`.
pub(crate) fn written<S: AlternativeScope>(alternatives: &[Vec<S>]) -> String {
    let alternatives: Vec<_> = alternatives.iter().map(|scopes| list(scopes)).collect();
    alternatives.join(" or ")
}

/// Returns the scopes as a `scope` parameter (RFC 6749 section 3.3).
pub(crate) fn list<S: AlternativeScope>(scopes: &[S]) -> String {
    scopes.iter().map(AlternativeScope::shown).collect::<Vec<_>>().join(" ")
}
