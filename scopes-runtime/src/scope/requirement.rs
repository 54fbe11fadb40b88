mod credentials;
mod implied;

use std::{fmt, ptr, slice};

use super::credential_scheme::{CredentialScheme, is_same};
use super::named_scopes::NamedScopes;
use super::{Authenticated, Authentication, DeclaredScope, GrantedScopes};

/// The maximum number of alternatives of a requirement. A refusal lists all of them.
pub(crate) const MAX_ALTERNATIVES: usize = 64;

/// The scopes that a token must have, and how its user must have authenticated. [`scopes!`](crate::scopes) and
/// [`#[requires_scopes]`](crate::requires_scopes) make it; it is static data.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use scopes_runtime::{GrantedScopes, scopes};
///
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read information about the current user.
/// #     Me = "me",
/// #     /// Read items.
/// #     Items = "items",
/// #     /// Create, change and delete items.
/// #     #[implies(Items)]
/// #     ItemsWrite = "items:write",
/// # }
/// let requirement = scopes!("me", "items");
/// assert!(requirement.is_met_by(&GrantedScopes::from_list("items me")));
/// assert!(requirement.is_met_by(&GrantedScopes::from_list("items:write me")));
/// assert!(!requirement.is_met_by(&GrantedScopes::from_list("items:write")));
/// ```
#[derive(Clone, Copy)]
pub struct Requirement(Node);

#[derive(Clone, Copy)]
enum Node {
    Scope(&'static DeclaredScope),
    All(&'static [Requirement]),
    Any(&'static [Requirement]),
    Authentication {
        acr_values: &'static [&'static str],
        max_age: Option<u64>,
    },
    /// What the handler may require later. It requires nothing of each request.
    MayRequire(&'static [Requirement]),
    /// An extractor of the handler checks these credentials.
    Credentials(&'static CredentialScheme),
}

/// The address of a requirement's static data: a key for what is derived from the requirement. The compiler may duplicate
/// constants, so one requirement can have several keys; two requirements never share one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RequirementKey(u8, usize, usize, Option<u64>);

/// For generated code.
#[doc(hidden)]
impl Requirement {
    #[must_use]
    pub const fn scope(scope: &'static DeclaredScope) -> Self {
        Self(Node::Scope(scope))
    }

    /// Returns a requirement for the scope that a literal resolved to.
    #[must_use]
    #[track_caller]
    pub const fn named(literal: &str, scope: &'static DeclaredScope) -> Self {
        assert!(
            is_same(literal, scope.name()),
            "literal resolves to another scope, because the type `Scope` and the macro `Scope` are not from one \
             `#[declare_scopes]`; import both with one `use`, or write the path of the scope"
        );
        Self::scope(scope)
    }

    /// Returns the requirement of a handler or an extractor that checks a token.
    #[must_use]
    #[track_caller]
    pub const fn all(requirements: &'static [Self]) -> Self {
        let requirement = Self::of_extractors(requirements);
        assert!(
            !requirement.has_credentials_in_authorization(),
            "credentials in the `Authorization` header, which has the access token; take them from another header"
        );
        requirement
    }

    /// Returns the requirement of extractors, which need not check a token.
    #[must_use]
    #[track_caller]
    pub const fn of_extractors(requirements: &'static [Self]) -> Self {
        let requirement = Self(Node::All(requirements));
        assert!(
            requirement.count_alternatives() <= MAX_ALTERNATIVES,
            "too many alternatives for a challenge; declare a scope that implies some of them, or split the endpoint"
        );
        requirement
    }

    #[must_use]
    pub const fn any(requirements: &'static [Self]) -> Self {
        Self(Node::Any(requirements))
    }

    /// Declares what the handler may require of the token later.
    #[must_use]
    pub const fn may_require(requirements: &'static [Self]) -> Self {
        Self(Node::MayRequire(requirements))
    }

    /// An empty list accepts any context.
    #[must_use]
    pub const fn authentication(acr_values: &'static [&'static str], max_age: Option<u64>) -> Self {
        Self(Node::Authentication { acr_values, max_age })
    }

    /// Counts the alternatives, before those that another one covers are dropped.
    const fn count_alternatives(&self) -> usize {
        let (children, any) = match self.0 {
            Node::Scope(_) | Node::Authentication { .. } | Node::MayRequire(_) | Node::Credentials(_) => {
                return 1;
            }
            Node::All(children) => (children, false),
            Node::Any(children) => (children, true),
        };
        let mut count = if any { 0 } else { 1_usize };
        let mut at = 0;
        while at < children.len() {
            let child = children[at].count_alternatives();
            count = if any { count.saturating_add(child) } else { count.saturating_mul(child) };
            at += 1;
        }
        count
    }
}

impl Requirement {
    /// Any valid token, with or without scopes.
    pub const ANY_VALID_TOKEN: Self = Self(Node::All(&[]));

    /// Returns whether the scopes satisfy the requirement. A broader scope satisfies the scopes that it implies.
    ///
    /// This does not check `acr` and `max_age`; [`AccessToken::require`](crate::AccessToken::require) does.
    #[must_use]
    pub fn is_met_by(&self, granted: &GrantedScopes) -> bool {
        match self.0 {
            Node::Scope(scope) => satisfies(granted, scope),
            Node::All(requirements) => requirements.iter().all(|inner| inner.is_met_by(granted)),
            Node::Any(requirements) => requirements.iter().any(|inner| inner.is_met_by(granted)),
            Node::Authentication { .. } | Node::MayRequire(_) | Node::Credentials(_) => true,
        }
    }

    /// Returns whether the user authenticated as required. `acr` and `max_age` are never inside an alternative.
    pub(crate) fn accepts(&self, authenticated: Authenticated<'_>) -> bool {
        match self.0 {
            Node::Scope(_) | Node::MayRequire(_) | Node::Credentials(_) => true,
            Node::All(requirements) | Node::Any(requirements) => {
                requirements.iter().all(|inner| inner.accepts(authenticated))
            }
            Node::Authentication { acr_values, max_age } => authenticated.meets(acr_values, max_age),
        }
    }

    fn add_authentication(&self, all: &mut Authentication) {
        match self.0 {
            Node::Scope(_) | Node::MayRequire(_) | Node::Credentials(_) => {}
            Node::All(requirements) | Node::Any(requirements) => {
                requirements.iter().for_each(|inner| inner.add_authentication(all));
            }
            Node::Authentication { acr_values, max_age } => all.add(acr_values, max_age),
        }
    }

    /// Returns the minimal sets of scopes that satisfy the requirement, each in the order of the source code.
    ///
    /// No set contains a scope that another of its scopes implies, and no set covers another one. An empty set means that
    /// any valid token is accepted.
    #[must_use]
    pub fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        alternatives_of_all(&[*self])
    }

    /// Adds the scopes and the authentication that the requirement names. `later` selects those that the handler may require
    /// later; otherwise they are left out.
    pub(super) fn add_named(&self, later: bool, named: &mut NamedScopes) {
        match self.0 {
            Node::Scope(scope) if !later => named.add_scope(scope),
            Node::Authentication { acr_values, max_age } if !later => named.add_login(acr_values, max_age),
            Node::Scope(_) | Node::Authentication { .. } | Node::Credentials(_) => {}
            Node::All(requirements) | Node::Any(requirements) => {
                requirements.iter().for_each(|inner| inner.add_named(later, named));
            }
            Node::MayRequire(requirements) if later => {
                requirements.iter().for_each(|inner| inner.add_named(false, named));
            }
            Node::MayRequire(_) => {}
        }
    }

    /// Returns whether `declared` names everything that this requirement names.
    pub(super) fn is_named_in(&self, declared: &impl Fn(&Self) -> bool) -> bool {
        match self.0 {
            Node::Scope(_) | Node::Authentication { .. } => declared(self),
            Node::Credentials(_) => true,
            Node::All(requirements) | Node::Any(requirements) | Node::MayRequire(requirements) => {
                requirements.iter().all(|inner| inner.is_named_in(declared))
            }
        }
    }

    /// Returns whether this requirement, or what it may require later, names the scope or the authentication `other`. A scope
    /// that each request needs names those that it includes, too.
    pub(super) fn names(&self, other: &Self) -> bool {
        self.names_as(other, |own, other| own.name() == other.name() || always_satisfies(own, other))
    }

    fn names_as(&self, other: &Self, is_named: fn(&DeclaredScope, &DeclaredScope) -> bool) -> bool {
        match (self.0, other.0) {
            (Node::Scope(own), Node::Scope(other)) => is_named(own, other),
            (
                Node::Authentication { acr_values, max_age },
                Node::Authentication { acr_values: other_values, max_age: other_age },
            ) => acr_values == other_values && max_age == other_age,
            (Node::All(inner) | Node::Any(inner), _) => {
                inner.iter().any(|inner| inner.names_as(other, is_named))
            }
            (Node::MayRequire(later), _) => {
                later.iter().any(|later| later.names_as(other, |own, other| own.name() == other.name()))
            }
            _ => false,
        }
    }

    pub(crate) fn key(&self) -> RequirementKey {
        match self.0 {
            Node::Scope(scope) => RequirementKey(0, ptr::from_ref(scope).addr(), 0, None),
            Node::All(inner) => RequirementKey(1, inner.as_ptr().addr(), inner.len(), None),
            Node::Any(inner) => RequirementKey(2, inner.as_ptr().addr(), inner.len(), None),
            Node::Authentication { acr_values, max_age } => {
                RequirementKey(3, acr_values.as_ptr().addr(), acr_values.len(), max_age)
            }
            Node::MayRequire(inner) => RequirementKey(4, inner.as_ptr().addr(), inner.len(), None),
            Node::Credentials(scheme) => RequirementKey(5, ptr::from_ref(scheme).addr(), 0, None),
        }
    }

    fn unreduced(&self) -> Vec<Vec<&'static DeclaredScope>> {
        match self.0 {
            Node::Scope(scope) => vec![vec![scope]],
            Node::Any(requirements) => requirements.iter().flat_map(Self::unreduced).collect(),
            Node::All(requirements) => unreduced_of_all(requirements),
            Node::Authentication { .. } | Node::MayRequire(_) | Node::Credentials(_) => vec![Vec::new()],
        }
    }
}

/// Returns the minimal sets of scopes that satisfy all of the requirements. If there are too many to list, returns those of
/// the last requirement.
pub(crate) fn alternatives_of_all(requirements: &[Requirement]) -> Vec<Vec<&'static DeclaredScope>> {
    minimal(unreduced_of_all(listed(requirements)))
}

/// Returns the sets of scopes that satisfy all of the requirements, as they are written: unlike [`alternatives_of_all`], a set
/// whose scopes imply another set is listed. No set contains a scope that another of its scopes implies, or all scopes of
/// another set.
#[cfg(feature = "openapi")]
pub(super) fn written_alternatives_of_all(requirements: &[Requirement]) -> Vec<Vec<&'static DeclaredScope>> {
    let mut alternatives: Vec<_> =
        unreduced_of_all(listed(requirements)).into_iter().map(without_implied).collect();
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

/// Returns the requirements whose alternatives are listed: all, or the last one if there are too many.
fn listed(requirements: &[Requirement]) -> &[Requirement] {
    match requirements {
        [.., last] if !are_few_enough(requirements) => slice::from_ref(last),
        all => all,
    }
}

/// Returns how the user must have authenticated for all of the requirements.
pub(crate) fn authentication_of_all(requirements: impl IntoIterator<Item = Requirement>) -> Authentication {
    let mut all = Authentication::default();
    requirements.into_iter().for_each(|requirement| requirement.add_authentication(&mut all));
    all
}

/// Returns whether a refusal can list the alternatives of all the requirements together.
pub(super) fn are_few_enough(requirements: &[Requirement]) -> bool {
    requirements.iter().map(Requirement::count_alternatives).fold(1, usize::saturating_mul)
        <= MAX_ALTERNATIVES
}

fn minimal(alternatives: Vec<Vec<&'static DeclaredScope>>) -> Vec<Vec<&'static DeclaredScope>> {
    let mut minimal: Vec<Vec<&'static DeclaredScope>> = Vec::new();
    for alternative in alternatives.into_iter().map(without_implied) {
        if !minimal.iter().any(|other| covers(&alternative, other)) {
            minimal.retain(|other| !covers(other, &alternative));
            minimal.push(alternative);
        }
    }
    minimal
}

/// Returns the minimal sets of scopes that contain a set of each list.
pub(crate) fn minimal_of_both(
    first: &[Vec<&'static DeclaredScope>],
    second: &[Vec<&'static DeclaredScope>],
) -> Vec<Vec<&'static DeclaredScope>> {
    let both = first.iter().flat_map(|left| second.iter().map(|right| [left.as_slice(), right].concat()));
    minimal(both.collect())
}

fn unreduced_of_all(requirements: &[Requirement]) -> Vec<Vec<&'static DeclaredScope>> {
    requirements.iter().fold(vec![Vec::new()], |alternatives, requirement| {
        let inner = requirement.unreduced();
        let with_inner =
            |left: &Vec<_>| inner.iter().map(|right| [left.as_slice(), right].concat()).collect::<Vec<_>>();
        alternatives.iter().flat_map(with_inner).collect()
    })
}

/// Returns the alternative with the fewest missing scopes; among equals the shortest, then the first.
pub(crate) fn cheapest(
    alternatives: &[Vec<&'static DeclaredScope>],
    granted: &GrantedScopes,
) -> Option<usize> {
    let cost = |at: &usize| {
        let alternative = &alternatives[*at];
        (alternative.iter().filter(|scope| !satisfies(granted, scope)).count(), alternative.len())
    };
    (0..alternatives.len()).min_by_key(cost)
}

pub(crate) fn satisfies(granted: &GrantedScopes, scope: &DeclaredScope) -> bool {
    granted.contains(scope.name()) || scope.implied_by().iter().any(|broader| granted.contains(broader))
}

/// Returns the scopes of an alternative that a token with these scopes lacks.
pub(crate) fn not_granted(
    alternative: &[&'static DeclaredScope],
    granted: &GrantedScopes,
) -> Vec<&'static DeclaredScope> {
    alternative.iter().copied().filter(|scope| !satisfies(granted, scope)).collect()
}

/// Returns whether this is the name of the scope, or of one that implies it.
pub(crate) fn is_or_implies(name: &str, scope: &DeclaredScope) -> bool {
    name == scope.name() || scope.implied_by().contains(&name)
}

fn without_implied(alternative: Vec<&'static DeclaredScope>) -> Vec<&'static DeclaredScope> {
    let mut kept: Vec<&'static DeclaredScope> = Vec::new();
    for scope in alternative {
        if !kept.iter().any(|other| always_satisfies(other, scope)) {
            kept.retain(|other| !always_satisfies(scope, other));
            kept.push(scope);
        }
    }
    kept
}

/// Returns whether a token with the first set always satisfies the second.
fn covers(first: &[&'static DeclaredScope], second: &[&'static DeclaredScope]) -> bool {
    second.iter().all(|scope| first.iter().any(|other| always_satisfies(other, scope)))
}

/// Returns whether every token that satisfies the first scope satisfies the second one. Two vocabularies may declare scopes
/// with the same name that different scopes imply.
fn always_satisfies(first: &DeclaredScope, second: &DeclaredScope) -> bool {
    is_or_implies(first.name(), second)
        && first.implied_by().iter().all(|broader| is_or_implies(broader, second))
}

/// Writes the alternatives, each as a `scope` parameter: `me items or admin`.
impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&written(&self.alternatives()))
    }
}

pub(crate) fn written(alternatives: &[Vec<&'static DeclaredScope>]) -> String {
    let alternatives: Vec<_> = alternatives.iter().map(|scopes| list(scopes)).collect();
    alternatives.join(" or ")
}

/// Returns the scopes as a `scope` parameter (RFC 6749 section 3.3).
pub(crate) fn list(scopes: &[&DeclaredScope]) -> String {
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")
}

impl fmt::Debug for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Requirement").field(&self.to_string()).finish()
    }
}
