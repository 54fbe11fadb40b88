//! Sets of scopes that do not satisfy an operation.

use std::collections::BTreeSet;

use crate::scope::{DeclaredScope, is_or_implies};

/// The alternatives of an operation.
pub(super) type Alternatives = [Vec<&'static DeclaredScope>];

/// The maximum number of scopes of one token, within the limits of decoders and headers.
pub(super) const MAX_SCOPES_OF_TOKEN: usize = 64;

type Names = BTreeSet<&'static str>;

/// Known scopes that satisfy no alternative together.
pub(super) struct InsufficientSet {
    pub(super) scopes: Vec<&'static str>,
    pub(super) description: String,
}

/// Returns sets of known scopes that satisfy no alternative, each as large as possible. Each required scope is missing
/// from one of them, and each scope that does not suffice alone is in one of them. They are at most as many as the
/// scopes that are required or imply a required one; one of more than 64 scopes is split.
pub(super) fn insufficient_sets(alternatives: &Alternatives, known: &Names) -> Vec<InsufficientSet> {
    if alternatives.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let required = || alternatives.iter().flatten();
    // No other scope changes whether an alternative is satisfied, so every set has all others.
    let relevant: Names =
        known.iter().copied().filter(|name| required().any(|scope| is_or_implies(name, scope))).collect();
    let grown = |mut set: Names, without: Option<&DeclaredScope>| {
        for name in &relevant {
            let is_left_out = without.is_some_and(|scope| is_or_implies(name, scope));
            if !is_left_out && set.insert(name) && is_sufficient(&set, alternatives) {
                set.remove(name);
            }
        }
        set
    };
    let mut sets: BTreeSet<Names> = required().map(|scope| grown(Names::new(), Some(scope))).collect();
    for &name in &relevant {
        let alone = Names::from([name]);
        if !sets.iter().any(|set| set.contains(name)) && !is_sufficient(&alone, alternatives) {
            sets.insert(grown(alone, None));
        }
    }
    let split = |set: Names| {
        let missing: Vec<_> = relevant.difference(&set).map(|name| format!("`{name}`")).collect();
        let missing = missing.join(" ");
        let scopes: Vec<_> =
            known.iter().copied().filter(|name| set.contains(name) || !relevant.contains(name)).collect();
        let parts = scopes.chunks(MAX_SCOPES_OF_TOKEN).map(|part| InsufficientSet {
            scopes: part.to_vec(),
            description: match scopes.len() {
                ..=MAX_SCOPES_OF_TOKEN => format!("a token of all scopes but {missing}"),
                _ => format!("a token of `{}` to `{}` but {missing}", part[0], part[part.len() - 1]),
            },
        });
        parts.collect::<Vec<_>>()
    };
    sets.into_iter().flat_map(split).collect()
}

fn is_sufficient(names: &Names, alternatives: &Alternatives) -> bool {
    let is_satisfied = |scope: &&DeclaredScope| {
        names.contains(scope.name()) || scope.implied_by().iter().any(|broader| names.contains(broader))
    };
    alternatives.iter().any(|alternative| alternative.iter().all(is_satisfied))
}
