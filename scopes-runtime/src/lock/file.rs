use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, iter};

use super::ACCEPT;
use crate::report::{Callers, Report};
use crate::scope::DeclaredScope;

/// The operations by path and method.
pub(super) struct Lock(pub(super) BTreeMap<(String, String), Access>);

/// Who may call an operation.
#[derive(PartialEq, Eq)]
pub(super) enum Access {
    Public,
    /// As public, but a bad token is refused.
    OptionalToken,
    Foreign,
    /// A token with one of the alternatives; the empty one is in any valid token.
    Scoped(BTreeSet<Alternative>),
}

/// Scopes, all of which are needed, each with the broader ones that a token may have instead.
pub(super) type Alternative = BTreeMap<String, BTreeSet<String>>;

/// Where a file is no lock file, and why.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) line: usize,
    pub(super) problem: String,
}

impl Lock {
    /// Fails where two handlers of different callers have one name in the report.
    pub(super) fn of(report: &Report) -> Result<Self, String> {
        let mut operations = BTreeMap::new();
        for operation in report.operations() {
            let path: String = operation.path.chars().flat_map(escape).collect();
            let access = Access::of(&operation.callers);
            let method = operation.method.clone();
            match operations.entry((path, method)) {
                Entry::Vacant(entry) => {
                    entry.insert(access);
                }
                Entry::Occupied(entry) if *entry.get() == access => {}
                Entry::Occupied(entry) => {
                    let (path, method) = entry.key();
                    return Err(format!(
                        "Two handlers stand in the report as `{method} {path}` and differ in who may call them, so \
                         that no lock file can tell them apart. Have one of them serve both."
                    ));
                }
            }
        }
        Ok(Self(operations))
    }

    /// Reads what [`Display`](fmt::Display) writes. Comments and empty lines may stand anywhere.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let lines = text.lines().map(str::trim_end).enumerate().map(|(at, line)| (at + 1, line));
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).peekable();
        let mut operations = BTreeMap::new();
        while let Some((line, heading)) = lines.next() {
            let malformed = |problem: &str| Malformed { line, problem: format!("`{heading}` {problem}") };
            let (method, path) = heading
                .split_once(' ')
                .filter(|(method, path)| !method.is_empty() && path.starts_with('/'))
                .ok_or_else(|| malformed("is no method and path"))?;
            let body: Vec<_> = iter::from_fn(|| lines.next_if(|(_, line)| line.starts_with(' '))).collect();
            if body.is_empty() {
                return Err(malformed("is not followed by who may call it"));
            }
            let access = Access::parse(&body)?;
            if operations.insert((path.to_owned(), method.to_owned()), access).is_some() {
                return Err(malformed("stands there a second time"));
            }
        }
        Ok(Self(operations))
    }
}

/// A path stays one word.
fn escape(character: char) -> impl Iterator<Item = char> {
    let is_plain = !character.is_control() && !character.is_whitespace() && character != '\\';
    let escaped = (!is_plain).then(|| character.escape_unicode());
    is_plain.then_some(character).into_iter().chain(escaped.into_iter().flatten())
}

impl Access {
    fn of(callers: &Callers) -> Self {
        let named = |scope: &&DeclaredScope| {
            let broader = scope.implied_by().iter().map(|&name| name.to_owned()).collect();
            (scope.name().to_owned(), broader)
        };
        match callers {
            Callers::Public { accepts_token: false, .. } => Self::Public,
            Callers::Public { accepts_token: true, .. } => Self::OptionalToken,
            Callers::Foreign { .. } => Self::Foreign,
            Callers::Scoped { alternatives } => {
                Self::Scoped(alternatives.iter().map(|scopes| scopes.iter().map(named).collect()).collect())
            }
        }
    }

    fn any_valid_token() -> Self {
        Self::Scoped(BTreeSet::from([Alternative::new()]))
    }

    fn parse(body: &[(usize, &str)]) -> Result<Self, Malformed> {
        if let [(_, only)] = body {
            match only.trim_start() {
                "public" => return Ok(Self::Public),
                "public, optional token" => return Ok(Self::OptionalToken),
                "foreign, unchecked" => return Ok(Self::Foreign),
                "any valid token" => return Ok(Self::any_valid_token()),
                _ => {}
            }
        }
        let mut alternatives = Vec::new();
        for &(line, text) in body {
            add_line(&mut alternatives, text).ok_or_else(|| Malformed {
                line,
                problem: format!("`{}` does not say who may call the operation", text.trim_start()),
            })?;
        }
        Ok(Self::Scoped(alternatives.into_iter().collect()))
    }

    /// The lines of the file, without their indentation.
    pub(super) fn lines(&self) -> Vec<String> {
        let alternatives = match self {
            Self::Public => return vec!["public".to_owned()],
            Self::OptionalToken => return vec!["public, optional token".to_owned()],
            Self::Foreign => return vec!["foreign, unchecked".to_owned()],
            any if *any == Self::any_valid_token() => return vec!["any valid token".to_owned()],
            Self::Scoped(alternatives) => alternatives,
        };
        let mut lines = Vec::new();
        for (at, alternative) in alternatives.iter().enumerate() {
            let scopes: Vec<_> = alternative.keys().map(String::as_str).collect();
            lines.push(format!("{} {}", if at == 0 { "requires" } else { "or" }, scopes.join(" ")));
            for (scope, broader) in alternative {
                lines.extend(broader.iter().map(|broader| format!("  accepts {broader} for {scope}")));
            }
        }
        lines
    }
}

/// Adds a line of an operation that requires scopes. A scope may be called as any word is, so the words tell by where
/// they stand.
fn add_line(alternatives: &mut Vec<Alternative>, line: &str) -> Option<()> {
    let alternative =
        |scopes: &[&str]| scopes.iter().map(|&scope| (scope.to_owned(), BTreeSet::new())).collect();
    match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["requires", scopes @ ..] if !scopes.is_empty() && alternatives.is_empty() => {
            alternatives.push(alternative(scopes));
        }
        ["or", scopes @ ..] if !scopes.is_empty() && !alternatives.is_empty() => {
            alternatives.push(alternative(scopes));
        }
        ["accepts", broader, "for", scope] => {
            alternatives.last_mut()?.get_mut(*scope)?.insert((*broader).to_owned());
        }
        _ => return None,
    }
    Some(())
}

impl fmt::Display for Lock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "# Who may call what, as the router says it. A test compares the two, and fails where"
        )?;
        writeln!(formatter, "# they differ. `{ACCEPT}` accepts a change; do not edit this by hand.")?;
        for ((path, method), access) in &self.0 {
            writeln!(formatter, "\n{method} {path}")?;
            for line in access.lines() {
                writeln!(formatter, "  {line}")?;
            }
        }
        Ok(())
    }
}
