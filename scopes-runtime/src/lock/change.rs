use std::collections::{BTreeMap, BTreeSet};

use super::file::{Access, Alternative, Lock};

/// How many sets of scopes are compared for one operation: a test should not take minutes.
const MOST_SETS: usize = 4096;

/// What a request comes with: no token, or one with these scopes.
type Token<'a> = Option<BTreeSet<&'a str>>;

type Operations = BTreeMap<(String, String), Access>;

/// The operations that differ, each in a paragraph of its own.
pub(super) fn changes(Lock(before): &Lock, Lock(after): &Lock) -> Vec<String> {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter_map(|key| change(key, before, after)).collect()
}

fn change(key: &(String, String), before: &Operations, after: &Operations) -> Option<String> {
    let (path, method) = key;
    let (own_before, own_after) = (before.get(key), after.get(key));
    if own_before == own_after {
        return None;
    }
    let (kind, was, is, notes) = match (serving(key, before), serving(key, after)) {
        (Some(was), Some(is)) if was != is => {
            let (kind, notes) = compared(was, is);
            (kind, Some(was), Some(is), notes)
        }
        _ if own_before.is_some() => ("removed", own_before, None, Vec::new()),
        _ => ("added", None, own_after, Vec::new()),
    };
    let warning = match is {
        Some(Access::Foreign) => ", UNCHECKED",
        Some(Access::Public | Access::OptionalToken) if !was.is_some_and(is_open) => ", OPEN TO EVERYONE",
        _ => "",
    };
    let mut lines = vec![format!("{kind}{warning}: {method} {path}")];
    lines.extend(was.iter().flat_map(|access| access.lines()).map(|line| format!("  - {line}")));
    lines.extend(is.iter().flat_map(|access| access.lines()).map(|line| format!("  + {line}")));
    lines.extend(notes.into_iter().map(|note| format!("  {note}")));
    Some(lines.join("\n"))
}

/// What a router asks of a method: its own operation or, without one, that of `GET` for `HEAD` and that of any method.
fn serving<'a>((path, method): &(String, String), operations: &'a Operations) -> Option<&'a Access> {
    let get = (method == "HEAD").then_some("GET");
    let mut methods = [Some(method.as_str()), get, Some("*")].into_iter().flatten();
    methods.find_map(|method| operations.get(&(path.clone(), method.to_owned())))
}

/// How one access differs from another, and for whom.
fn compared(before: &Access, after: &Access) -> (&'static str, Vec<String>) {
    if is_open(before) && is_open(after) {
        let note = match (before, after) {
            (_, Access::OptionalToken) => "Everyone may call it as before, but a bad token is refused now.",
            (Access::OptionalToken, _) => "Everyone may call it as before, and with a bad token too.",
            _ => "Everyone may call it as before, as far as is checked here.",
        };
        return ("changed", vec![note.to_owned()]);
    }
    let (Some(once), Some(now)) = (weakest(before), weakest(after)) else {
        return ("changed", vec!["It has too many combinations of scopes to say for whom.".to_owned()]);
    };
    let first_of = |tokens: &BTreeSet<Token<'_>>, refusing: &Access| {
        let refused = tokens.iter().filter(|token| !accepts(refusing, token));
        refused.min_by_key(|token| token.as_ref().map(BTreeSet::len)).map(described)
    };
    let (let_in, shut_out) = (first_of(&now, before), first_of(&once, after));
    let kind = match (&let_in, &shut_out) {
        (Some(_), None) => "loosened",
        (None, Some(_)) => "tightened",
        _ => "changed",
    };
    let mut notes = Vec::new();
    notes.extend(let_in.map(|token| format!("{token} was refused before and is accepted now.")));
    notes.extend(shut_out.map(|token| format!("{token} was accepted before and is refused now.")));
    if notes.is_empty() {
        notes.push("It accepts the same tokens as before.".to_owned());
    }
    (kind, notes)
}

fn is_open(access: &Access) -> bool {
    match access {
        Access::Public | Access::OptionalToken | Access::Foreign => true,
        Access::Scoped(_) => false,
    }
}

fn described(token: &Token<'_>) -> String {
    match token {
        None => "A request without a token".to_owned(),
        Some(scopes) if scopes.is_empty() => "A token without any scope".to_owned(),
        Some(scopes) => {
            format!("A token with `{}`", scopes.iter().copied().collect::<Vec<_>>().join(" "))
        }
    }
}

fn accepts(access: &Access, token: &Token<'_>) -> bool {
    let Access::Scoped(alternatives) = access else {
        return true;
    };
    token.as_ref().is_some_and(|granted| {
        let has = |(scope, broader): (&String, &BTreeSet<String>)| {
            granted.contains(scope.as_str()) || broader.iter().any(|name| granted.contains(name.as_str()))
        };
        alternatives.iter().any(|alternative| alternative.iter().all(has))
    })
}

/// Tokens that are accepted, such that every other one that is has the scopes of one of them; nothing where there are
/// too many.
fn weakest(access: &Access) -> Option<BTreeSet<Token<'_>>> {
    let Access::Scoped(alternatives) = access else {
        return Some(BTreeSet::from([None]));
    };
    let count = |alternative: &Alternative| {
        alternative.values().map(|broader| 1 + broader.len()).fold(1, usize::saturating_mul)
    };
    if alternatives.iter().map(count).fold(0, usize::saturating_add) > MOST_SETS {
        return None;
    }
    Some(alternatives.iter().flat_map(sets).map(Some).collect())
}

/// Each choice of scopes that makes the alternative.
fn sets(alternative: &Alternative) -> BTreeSet<BTreeSet<&str>> {
    let nothing = BTreeSet::from([BTreeSet::new()]);
    alternative.iter().fold(nothing, |sets, (scope, broader)| {
        let names: Vec<_> = std::iter::once(scope).chain(broader).map(String::as_str).collect();
        let with_each = |set: &BTreeSet<_>| {
            names.iter().map(|&name| set.iter().copied().chain([name]).collect()).collect::<Vec<_>>()
        };
        sets.iter().flat_map(with_each).collect()
    })
}
