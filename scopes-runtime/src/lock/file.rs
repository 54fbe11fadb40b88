//! The lock file: its content, parser and format.

use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, iter};

use crate::operation::Access;
use crate::report::Report;
use crate::scope::{Authentication, CredentialScheme, DeclaredScope};

/// The command that writes the file.
pub(super) const ACCEPT: &str = "UPDATE_SCOPES_LOCK=1 cargo test";

/// The operations by path and method.
pub(super) struct Lock(pub(super) BTreeMap<(String, String), LockedAccess>);

/// Who may call an operation, as the file records it.
#[derive(PartialEq, Eq)]
pub(super) enum LockedAccess {
    Public,
    /// Public, but an invalid token is refused.
    OptionalToken,
    Unchecked,
    /// The schemes of the credentials, all of which a request needs.
    Authenticated(BTreeSet<String>),
    Scoped(TokenRule),
}

/// The tokens that an operation accepts.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct TokenRule {
    /// A token needs all scopes of one of these. The empty one accepts any valid token.
    pub(super) alternatives: BTreeSet<Alternative>,
    /// The accepted authentication contexts (`acr`). `None` accepts any.
    pub(super) acr_values: Option<BTreeSet<String>>,
    /// The maximum age of the user's login in seconds.
    pub(super) max_age: Option<u64>,
    /// Whether the token must be bound to a DPoP key.
    pub(super) dpop: bool,
    /// What the handler may require later, such as `admin` or `acr mfa`.
    pub(super) may_require: BTreeSet<String>,
    /// The schemes of the credentials that a request needs beside the token.
    pub(super) credentials: BTreeSet<String>,
}

/// Scopes that are all required, each with the broader scopes that are accepted for it.
pub(super) type Alternative = BTreeMap<String, BTreeSet<String>>;

/// How the file writes the empty alternative.
const ANY_VALID_TOKEN: &str = "any valid token";

/// The error of a malformed lock file.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) line: usize,
    pub(super) problem: String,
}

impl Lock {
    pub(super) fn of(report: &Report) -> Self {
        let mut operations = BTreeMap::new();
        for operation in report.model() {
            let path: String = operation.path.chars().flat_map(escape).collect();
            let method = operation.methods.to_string();
            // Several unlisted routers, or handlers of other methods, have one path. No URI contains `#`.
            let numbered = (2..).map(|number| format!("{path}#{number}"));
            let paths = std::iter::once(path.clone()).chain(numbered);
            let mut keys = paths.map(|path| (path, method.clone()));
            let free = keys.find(|key| !operations.contains_key(key)).expect("numbers do not end");
            operations.insert(free, LockedAccess::of(&operation.access));
        }
        Self(operations)
    }

    /// Parses the format that [`Display`](fmt::Display) writes. Ignores comments and empty lines.
    pub(super) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let lines = text.lines().map(str::trim_end).enumerate().map(|(at, line)| (at + 1, line));
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).peekable();
        let mut operations = BTreeMap::new();
        while let Some((line, heading)) = lines.next() {
            let malformed = |problem: &str| SyntaxError { line, problem: format!("`{heading}` {problem}") };
            let (method, path) = heading
                .split_once(' ')
                .filter(|(method, path)| !method.is_empty() && path.starts_with('/'))
                .ok_or_else(|| malformed("is not a method and a path"))?;
            let body: Vec<_> = iter::from_fn(|| lines.next_if(|(_, line)| line.starts_with(' '))).collect();
            if body.is_empty() {
                return Err(malformed("has no access below it"));
            }
            let access = LockedAccess::parse(&body)?;
            if operations.insert((path.to_owned(), method.to_owned()), access).is_some() {
                return Err(malformed("is listed twice"));
            }
        }
        Ok(Self(operations))
    }
}

/// Escapes whitespace, so that a path is one word.
fn escape(character: char) -> impl Iterator<Item = char> {
    let is_plain = !character.is_control() && !character.is_whitespace() && character != '\\';
    let escaped = (!is_plain).then(|| character.escape_unicode());
    is_plain.then_some(character).into_iter().chain(escaped.into_iter().flatten())
}

impl LockedAccess {
    fn of(access: &Access) -> Self {
        let requirements = match access {
            Access::Public { accepts_token: false, .. } => return Self::Public,
            Access::Public { accepts_token: true, .. } => return Self::OptionalToken,
            Access::Unchecked { .. } => return Self::Unchecked,
            Access::Authenticated { credentials } => return Self::Authenticated(names(credentials)),
            Access::Scoped(requirements) => requirements,
        };
        let Authentication { acr_values, max_age } = requirements.authentication();
        Self::Scoped(TokenRule {
            alternatives: requirements.alternatives().iter().map(|scopes| alternative(scopes)).collect(),
            acr_values: acr_values.map(|values| values.into_iter().map(str::to_owned).collect()),
            max_age,
            dpop: requirements.requires_dpop(),
            may_require: requirements.may_require().list().collect(),
            credentials: names(&requirements.credentials()),
        })
    }

    fn parse(body: &[(usize, &str)]) -> Result<Self, SyntaxError> {
        if let [(_, only)] = body {
            match only.trim_start() {
                "public" => return Ok(Self::Public),
                "public, optional token" => return Ok(Self::OptionalToken),
                "unchecked" => return Ok(Self::Unchecked),
                other => {
                    if let Some(schemes) = other.strip_prefix("authenticated by ") {
                        return Ok(Self::Authenticated(
                            schemes.split_whitespace().map(str::to_owned).collect(),
                        ));
                    }
                }
            }
        }
        let (mut rule, mut alternatives) = (TokenRule::default(), Vec::new());
        for &(line, text) in body {
            let malformed =
                || SyntaxError { line, problem: format!("`{}` is not an access", text.trim_start()) };
            rule.parse_condition(text)
                .or_else(|| rule.parse_may_require(text))
                .or_else(|| parse_alternative(&mut alternatives, text))
                .ok_or_else(malformed)?;
        }
        if let ([(line, _), ..], []) = (body, alternatives.as_slice()) {
            let problem = "the scopes are missing".to_owned();
            return Err(SyntaxError { line: *line, problem });
        }
        rule.alternatives = alternatives.into_iter().collect();
        Ok(Self::Scoped(rule))
    }

    /// Returns the lines of the file, without their indentation.
    pub(super) fn lines(&self) -> Vec<String> {
        let listed =
            |values: &BTreeSet<String>| values.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let TokenRule { alternatives, acr_values, max_age, dpop, may_require, credentials } = match self {
            Self::Public => return vec!["public".to_owned()],
            Self::OptionalToken => return vec!["public, optional token".to_owned()],
            Self::Unchecked => return vec!["unchecked".to_owned()],
            Self::Authenticated(schemes) => return vec![format!("authenticated by {}", listed(schemes))],
            Self::Scoped(rule) => rule,
        };
        let mut lines = Vec::new();
        for (at, alternative) in alternatives.iter().enumerate() {
            if alternative.is_empty() {
                lines.push(ANY_VALID_TOKEN.to_owned());
                continue;
            }
            let scopes: Vec<_> = alternative.keys().map(String::as_str).collect();
            lines.push(format!("{} {}", if at == 0 { "requires" } else { "or" }, scopes.join(" ")));
            for (scope, broader) in alternative {
                lines.extend(broader.iter().map(|broader| format!("  accepts {broader} for {scope}")));
            }
        }
        lines.extend(acr_values.as_ref().map(|values| format!("after a login of acr {}", listed(values))));
        lines.extend(max_age.map(|seconds| format!("after a login within {seconds} seconds")));
        lines.extend(dpop.then(|| "bound to a DPoP key".to_owned()));
        lines.extend((!credentials.is_empty()).then(|| format!("with {}", listed(credentials))));
        lines.extend(may_require.iter().map(|later| format!("may require {later}")));
        lines
    }
}

impl TokenRule {
    /// Reads a line about the user's login, the key of the token or the credentials beside it.
    fn parse_condition(&mut self, line: &str) -> Option<()> {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["after", "a", "login", "of", "acr", values @ ..] if self.acr_values.is_none() => {
                self.acr_values = Some(values.iter().map(|&value| value.to_owned()).collect());
            }
            ["after", "a", "login", "within", seconds, "seconds"] if self.max_age.is_none() => {
                self.max_age = Some(seconds.parse().ok()?);
            }
            ["bound", "to", "a", "DPoP", "key"] if !self.dpop => self.dpop = true,
            ["with", schemes @ ..] if !schemes.is_empty() && self.credentials.is_empty() => {
                self.credentials = schemes.iter().map(|&scheme| scheme.to_owned()).collect();
            }
            _ => return None,
        }
        Some(())
    }

    /// Reads a line about what the handler may require later.
    fn parse_may_require(&mut self, line: &str) -> Option<()> {
        self.may_require.insert(line.trim_start().strip_prefix("may require ")?.to_owned()).then_some(())
    }
}

fn names(credentials: &[&CredentialScheme]) -> BTreeSet<String> {
    credentials.iter().map(|scheme| scheme.name().to_owned()).collect()
}

fn alternative(scopes: &[&DeclaredScope]) -> Alternative {
    let mut alternative = Alternative::new();
    for scope in scopes {
        let broader: BTreeSet<_> = scope.implied_by().iter().map(|&name| name.to_owned()).collect();
        // Two vocabularies may declare scopes with the same name: only what implies both of them is accepted for the name.
        let all = alternative.entry(scope.name().to_owned()).or_insert_with(|| broader.clone());
        all.retain(|name| broader.contains(name));
    }
    alternative
}

/// Adds a line of an operation that requires scopes. A scope may have the name of a keyword, so the position of a word decides
/// what it is.
fn parse_alternative(alternatives: &mut Vec<Alternative>, line: &str) -> Option<()> {
    let alternative =
        |scopes: &[&str]| scopes.iter().map(|&scope| (scope.to_owned(), BTreeSet::new())).collect();
    match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["any", "valid", "token"] if alternatives.is_empty() => alternatives.push(Alternative::new()),
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
        writeln!(formatter, "# The access report of the router. A test compares the two, and fails where")?;
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
