//! The differences between two lock files, and the clients that they affect.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Alternative, Lock, LockedAccess, TokenRule};
use crate::operation::shape;
use crate::scope::DPOP;

/// The maximum number of sets of scopes that are compared for one operation. It bounds the time of the test.
const MAX_SETS: usize = 4096;

/// What a request has.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Client<'a> {
    token: Option<Token<'a>>,
    /// The schemes of other credentials.
    credentials: BTreeSet<&'a str>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Token<'a> {
    scopes: BTreeSet<&'a str>,
    acr: Option<&'a str>,
    /// The age of the user's login in seconds, if the token has it.
    age: Option<u64>,
    /// Whether it is bound to a DPoP key.
    is_bound: bool,
}

/// Operations by the shape of their path, which has no parameter names, and method.
type Operations<'a> = BTreeMap<(String, &'a str), (&'a str, &'a LockedAccess)>;

/// Returns a paragraph for each operation that differs.
pub(super) fn changes(Lock(before): &Lock, Lock(after): &Lock) -> Vec<String> {
    let (before, after) = (by_shape(before), by_shape(after));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter_map(|key| change(key, &before, &after)).collect()
}

fn by_shape(operations: &BTreeMap<(String, String), LockedAccess>) -> Operations<'_> {
    // The URIs of an MCP server's resources are compared as they are written. Several may have one shape.
    let key = |path: &String| if path.contains('#') { path.clone() } else { shape(path) };
    let entries = operations.iter();
    entries.map(|((path, method), access)| ((key(path), &**method), (&**path, access))).collect()
}

fn change(key: &(String, &str), before: &Operations<'_>, after: &Operations<'_>) -> Option<String> {
    let (_, method) = key;
    let (path, _) = after.get(key).or_else(|| before.get(key))?;
    let own_before = before.get(key).map(|(_, access)| *access);
    let own_after = after.get(key).map(|(_, access)| *access);
    if own_before == own_after {
        return None;
    }
    let (kind, access_before, access_after, notes) = match (serving(key, before), serving(key, after)) {
        (Some(access_before), Some(access_after)) if access_before != access_after => {
            let (kind, notes) = compared(access_before, access_after);
            (kind, Some(access_before), Some(access_after), notes)
        }
        _ if own_before.is_some() => ("removed", own_before, None, Vec::new()),
        _ => ("added", None, own_after, Vec::new()),
    };
    let warning = match access_after {
        Some(LockedAccess::Unchecked) => ", UNCHECKED",
        Some(LockedAccess::Public | LockedAccess::OptionalToken) if !access_before.is_some_and(is_open) => {
            ", OPEN TO EVERYONE"
        }
        _ => "",
    };
    let mut lines = vec![format!("{kind}{warning}: {method} {path}")];
    lines.extend(access_before.iter().flat_map(|access| access.lines()).map(|line| format!("  - {line}")));
    lines.extend(access_after.iter().flat_map(|access| access.lines()).map(|line| format!("  + {line}")));
    lines.extend(notes.into_iter().map(|note| format!("  {note}")));
    Some(lines.join("\n"))
}

/// Returns the access of a method: of its own operation or, without one, of `GET` for `HEAD`, and of any method.
fn serving<'a>((shape, method): &(String, &str), operations: &Operations<'a>) -> Option<&'a LockedAccess> {
    let get = (*method == "HEAD").then_some("GET");
    let mut methods = [Some(*method), get, Some("*")].into_iter().flatten();
    methods.find_map(|method| operations.get(&(shape.clone(), method))).map(|(_, access)| *access)
}

/// Returns the kind of a change, and the clients that it affects.
fn compared(before: &LockedAccess, after: &LockedAccess) -> (&'static str, Vec<String>) {
    if is_open(before) && is_open(after) {
        let note = match (before, after) {
            (_, LockedAccess::OptionalToken) => {
                "Still open without a token. An invalid token is refused now."
            }
            (LockedAccess::OptionalToken, _) => "Still open without a token, and now with an invalid one.",
            _ => "Still open: this crate checks no token.",
        };
        return ("changed", vec![note.to_owned()]);
    }
    let (Some(accepted_before), Some(accepted_after)) = (weakest(before), weakest(after)) else {
        return compared_without_scopes(before, after);
    };
    let first_of = |clients: &BTreeSet<Client<'_>>, refusing: &LockedAccess| {
        let refused = clients.iter().filter(|client| !accepts(refusing, client));
        refused.min_by_key(|client| client.token.as_ref().map(|token| token.scopes.len())).map(client_text)
    };
    let (newly_accepted, newly_refused) =
        (first_of(&accepted_after, before), first_of(&accepted_before, after));
    let kind = match (&newly_accepted, &newly_refused) {
        (Some(_), None) => "loosened",
        (None, Some(_)) => "tightened",
        _ => "changed",
    };
    let mut notes = Vec::new();
    notes.extend(newly_accepted.map(|client| format!("{client} was refused before and is accepted now.")));
    notes.extend(newly_refused.map(|client| format!("{client} was accepted before and is refused now.")));
    if notes.is_empty() {
        notes.push("It accepts the same tokens as before.".to_owned());
    }
    notes.extend(
        only_in(before, after)
            .map(|name| format!("For some requests it required `{name}`, and no longer does.")),
    );
    notes.extend(only_in(after, before).map(|name| format!("For some requests it requires `{name}` now.")));
    (kind, notes)
}

/// Like [`compared`], for operations with too many combinations of scopes. Compares only the rest of the requirements. That is
/// the whole difference if the scopes are the same.
fn compared_without_scopes(before: &LockedAccess, after: &LockedAccess) -> (&'static str, Vec<String>) {
    let not_compared =
        || format!("It has more than {MAX_SETS} combinations of scopes, which are not compared.");
    let (LockedAccess::Scoped(was), LockedAccess::Scoped(is)) = (before, after) else {
        return ("changed", vec![not_compared()]);
    };
    let without_scopes = |rule: &TokenRule| {
        let name = "any of the combinations".to_owned();
        let alternatives = BTreeSet::from([Alternative::from([(name, BTreeSet::new())])]);
        LockedAccess::Scoped(TokenRule { alternatives, ..rule.clone() })
    };
    let (kind, mut notes) = compared(&without_scopes(was), &without_scopes(is));
    if was.alternatives == is.alternatives {
        return (kind, notes);
    }
    notes.insert(0, not_compared());
    ("changed", notes)
}

/// Returns the entries of `may_require` of the first operation that the second one neither requires nor may require.
fn only_in<'a>(first: &'a LockedAccess, second: &'a LockedAccess) -> impl Iterator<Item = &'a String> {
    let rule = |access: &'a LockedAccess| match access {
        LockedAccess::Scoped(rule) => Some(rule),
        LockedAccess::Public
        | LockedAccess::OptionalToken
        | LockedAccess::Unchecked
        | LockedAccess::Authenticated(_) => None,
    };
    let (first, second) = (rule(first), rule(second));
    let names = first.into_iter().flat_map(|rule| &rule.may_require);
    names.filter(move |name| {
        second.is_none_or(|rule| !rule.may_require.contains(*name) && !always_requires(rule, name))
    })
}

/// Returns whether the rule requires this entry of `may_require` for every request.
fn always_requires(rule: &TokenRule, name: &str) -> bool {
    let is_acr =
        |acr: &str| rule.acr_values.as_ref().is_some_and(|values| values.iter().all(|one| one == acr));
    let is_login_within = |seconds: &str| match (rule.max_age, seconds.parse::<u64>()) {
        (Some(max_age), Ok(seconds)) => max_age <= seconds,
        _ => false,
    };
    match name.split_once(' ') {
        _ if name == DPOP => rule.dpop,
        Some(("acr", acr)) => is_acr(acr),
        Some(("max_age", seconds)) => is_login_within(seconds),
        _ => rule.alternatives.iter().all(|alternative| alternative.contains_key(name)),
    }
}

fn is_open(access: &LockedAccess) -> bool {
    match access {
        LockedAccess::Public | LockedAccess::OptionalToken | LockedAccess::Unchecked => true,
        LockedAccess::Authenticated(_) | LockedAccess::Scoped(_) => false,
    }
}

fn client_text(Client { token, credentials }: &Client<'_>) -> String {
    let listed: Vec<_> = credentials.iter().map(|scheme| format!("`{scheme}`")).collect();
    let credentials = listed.join(" and ");
    let Some(Token { scopes, acr, age, is_bound }) = token else {
        return match listed.len() {
            0 => "A request without a token".to_owned(),
            _ => format!("A request with {credentials}, without a token,"),
        };
    };
    let beside = if listed.is_empty() { String::new() } else { format!(" beside {credentials}") };
    let scopes = if scopes.is_empty() {
        "without any scope".to_owned()
    } else {
        format!("with `{}`", scopes.iter().copied().collect::<Vec<_>>().join(" "))
    };
    let acr = acr.map(|acr| format!(" and a login of acr {acr}")).unwrap_or_default();
    let age = age.map(|age| format!(" and a login {age} seconds ago")).unwrap_or_default();
    let token = if *is_bound { "DPoP-bound token" } else { "token" };
    format!("A {token} {scopes}{acr}{age}{beside}")
}

fn accepts(access: &LockedAccess, client: &Client<'_>) -> bool {
    let has_all = |schemes: &BTreeSet<String>| {
        schemes.iter().all(|scheme| client.credentials.contains(scheme.as_str()))
    };
    let TokenRule { alternatives, acr_values, max_age, dpop, credentials, .. } = match access {
        LockedAccess::Public | LockedAccess::OptionalToken | LockedAccess::Unchecked => return true,
        LockedAccess::Authenticated(schemes) => return has_all(schemes),
        LockedAccess::Scoped(rule) => rule,
    };
    has_all(credentials)
        && client.token.as_ref().is_some_and(|Token { scopes, acr, age, is_bound }| {
            let has = |(scope, broader): (&String, &BTreeSet<String>)| {
                scopes.contains(scope.as_str()) || broader.iter().any(|name| scopes.contains(name.as_str()))
            };
            alternatives.iter().any(|alternative| alternative.iter().all(has))
                && acr_values.as_ref().is_none_or(|values| acr.is_some_and(|acr| values.contains(acr)))
                && max_age.is_none_or(|max_age| age.is_some_and(|age| age <= max_age))
                && (*is_bound || !dpop)
        })
}

/// Returns the weakest accepted clients: every accepted one has the scopes and credentials of one of them, and a login that is
/// at least as good. `None` if there are too many.
fn weakest(access: &LockedAccess) -> Option<BTreeSet<Client<'_>>> {
    let TokenRule { alternatives, acr_values, max_age, dpop, credentials, .. } = match access {
        LockedAccess::Public | LockedAccess::OptionalToken | LockedAccess::Unchecked => {
            return Some(BTreeSet::from([Client::default()]));
        }
        LockedAccess::Authenticated(schemes) => {
            return Some(BTreeSet::from([Client { token: None, credentials: names(schemes) }]));
        }
        LockedAccess::Scoped(rule) => rule,
    };
    let count = |alternative: &Alternative| {
        alternative.values().map(|broader| 1 + broader.len()).fold(1, usize::saturating_mul)
    };
    let acr_values = match acr_values {
        Some(values) => values.iter().map(|value| Some(value.as_str())).collect(),
        None => vec![None],
    };
    let sets_of_scopes = alternatives.iter().map(count).fold(0, usize::saturating_add);
    if sets_of_scopes.saturating_mul(acr_values.len()) > MAX_SETS {
        return None;
    }
    let tokens = |scopes: BTreeSet<_>| {
        acr_values.iter().map(move |&acr| Client {
            token: Some(Token { scopes: scopes.clone(), acr, age: *max_age, is_bound: *dpop }),
            credentials: names(credentials),
        })
    };
    Some(alternatives.iter().flat_map(sets).flat_map(tokens).collect())
}

fn names(schemes: &BTreeSet<String>) -> BTreeSet<&str> {
    schemes.iter().map(String::as_str).collect()
}

/// Returns all sets of scopes that satisfy the alternative, with one scope for each of its scopes.
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
