mod authentication;
mod credentials;
mod key;
mod named;
mod parameters;

use std::fmt;

pub(crate) use authentication::authentication_of_all;
pub(crate) use key::RequirementKey;

use super::alternatives::{MAX_ALTERNATIVES, all_combinations, minimal, written};
use super::credential_scheme::CredentialScheme;
use super::parameter_source::ParameterSource;
use super::{DeclaredScope, GrantedScopes};

/// The scopes that a token must have, how its user must have authenticated, and whether it must be bound to a key.
/// [`scopes!`](crate::scopes) and [`#[requires_scopes]`](crate::requires_scopes) make it; it is static data.
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
pub struct Requirement {
    node: Node,
    /// The number of alternatives, before those that another one covers are dropped. At most one more than
    /// [`MAX_ALTERNATIVES`].
    alternative_count: usize,
    /// Bit set of the constants below. A list has those of its elements. One integer, because the compiler computes it for each
    /// handler.
    properties: u8,
}

/// A scope outside of `may_require` has a parameter.
const HAS_PARAMETERS: u8 = 1 << 0;
/// The token must be bound to a DPoP key.
const REQUIRES_DPOP: u8 = 1 << 1;
/// An extractor of the handler may read the context of the request. Here, because reading it from the types of the arguments
/// again takes as long to compile as reading their requirements.
const READS_CONTEXT: u8 = 1 << 2;
/// An extractor checks credentials.
const HAS_CREDENTIALS: u8 = 1 << 3;
/// An extractor checks credentials in the header `Authorization`.
const HAS_CREDENTIALS_IN_AUTHORIZATION: u8 = 1 << 4;
/// The user must have authenticated in some way.
const REQUIRES_AUTHENTICATION: u8 = 1 << 5;

#[derive(Clone, Copy)]
enum Node {
    Scope(&'static DeclaredScope),
    All(&'static [Requirement]),
    Any(&'static [Requirement]),
    Authentication {
        acr_values: &'static [&'static str],
        max_age: Option<u64>,
    },
    /// The token is bound to a DPoP key.
    Dpop,
    /// What the handler may require later. It requires nothing of each request.
    MayRequire(&'static [Requirement]),
    /// An extractor of the handler checks these credentials.
    Credentials(&'static CredentialScheme),
    /// An extractor of the handler gives the value of a parameter. It requires nothing.
    Parameter(&'static ParameterSource),
}

/// For generated code. The compiler interprets these functions for each handler: calls and loops in them cost compile time.
#[doc(hidden)]
impl Requirement {
    #[must_use]
    pub const fn scope(scope: &'static DeclaredScope) -> Self {
        let properties = match scope.first_parameter {
            Some(_) => HAS_PARAMETERS,
            None => 0,
        };
        Self { node: Node::Scope(scope), alternative_count: 1, properties }
    }

    /// Returns a requirement for the scope that a literal resolved to. Compares hashes of the names, because comparing the text
    /// would take the compiler longer than all the rest.
    #[must_use]
    #[track_caller]
    pub const fn named(name_hash: u64, scope: &'static DeclaredScope) -> Self {
        assert!(
            name_hash == scope.name_hash,
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
        if requirement.properties & HAS_CREDENTIALS_IN_AUTHORIZATION != 0 {
            credentials_in_authorization();
        }
        requirement
    }

    /// Returns the requirement of extractors, which need not check a token.
    #[must_use]
    #[track_caller]
    pub const fn of_extractors(requirements: &'static [Self]) -> Self {
        let (alternative_count, properties) = Self::with_elements(1, 0, requirements);
        Self { node: Node::All(requirements), alternative_count, properties }
    }

    /// Checks that a handler can require both this and its extractors.
    #[track_caller]
    pub(crate) const fn check_with_extractors(&self, extractors: &[Self]) {
        let (_, properties) = Self::with_elements(self.alternative_count, self.properties, extractors);
        if properties & HAS_CREDENTIALS_IN_AUTHORIZATION != 0 {
            credentials_in_authorization();
        }
    }

    /// Returns the number of alternatives and the properties of a requirement with these, and of all elements together.
    #[track_caller]
    const fn with_elements(
        mut alternative_count: usize,
        mut properties: u8,
        elements: &[Self],
    ) -> (usize, u8) {
        let mut rest = elements;
        while let [element, after @ ..] = rest {
            properties |= element.properties;
            // Skips the call for a factor of 1, which most elements are.
            if element.alternative_count != 1 {
                alternative_count = capped(alternative_count * element.alternative_count);
            }
            rest = after;
        }
        if alternative_count > MAX_ALTERNATIVES {
            panic!(
                "too many alternatives for a challenge; declare a scope that implies some of them, or split the endpoint"
            )
        }
        (alternative_count, properties)
    }

    /// Returns the requirement of a handler: that of its attribute and that of its extractors. The latter is left out if it
    /// requires nothing.
    pub(crate) const fn of_handler(parts: &'static [Self]) -> Self {
        if let [of_attribute, of_extractors] = parts
            && of_extractors.is_empty_list_of_empty()
        {
            return of_attribute.with_context_if(of_extractors.reads_context());
        }
        Self::of_extractors(parts)
    }

    /// Returns whether this is a list of empty lists.
    const fn is_empty_list_of_empty(&self) -> bool {
        let mut rest = self.parts();
        while let [element, after @ ..] = rest {
            if !element.is_empty() {
                return false;
            }
            rest = after;
        }
        matches!(self.node, Node::All(_))
    }

    #[must_use]
    pub const fn any(requirements: &'static [Self]) -> Self {
        let (mut alternative_count, mut properties) = (0, 0);
        let mut rest = requirements;
        while let [element, after @ ..] = rest {
            properties |= element.properties;
            alternative_count = capped(alternative_count + element.alternative_count);
            rest = after;
        }
        Self { node: Node::Any(requirements), alternative_count, properties }
    }

    /// Declares what the handler may require of the token later.
    #[must_use]
    pub const fn may_require(requirements: &'static [Self]) -> Self {
        Self::of_node(Node::MayRequire(requirements))
    }

    /// Requires a token that is bound to a DPoP key.
    #[must_use]
    #[track_caller]
    pub const fn dpop() -> Self {
        if !cfg!(feature = "bound-tokens") {
            panic!(
                "`dpop` needs the feature `bound-tokens` of `scopes-runtime`; turn it on in `Cargo.toml`, or remove `dpop`"
            );
        }
        Self { properties: REQUIRES_DPOP, ..Self::of_node(Node::Dpop) }
    }

    /// Returns the requirement of an extractor that may read the context of the request, if this is one.
    #[must_use]
    pub const fn with_context_if(self, reads_context: bool) -> Self {
        let property = if reads_context { READS_CONTEXT } else { 0 };
        Self { properties: self.properties | property, ..self }
    }

    const fn of_node(node: Node) -> Self {
        Self { node, alternative_count: 1, properties: 0 }
    }

    /// Returns the elements of `all(…)` or `any(…)`, and an empty list for any other node. `may_require(…)` has no parts: it
    /// requires nothing of a request.
    const fn parts(&self) -> &'static [Self] {
        match self.node {
            Node::All(parts) | Node::Any(parts) => parts,
            Node::Scope(_)
            | Node::Authentication { .. }
            | Node::Dpop
            | Node::MayRequire(_)
            | Node::Credentials(_)
            | Node::Parameter(_) => &[],
        }
    }
}

impl Requirement {
    /// Any valid token, with or without scopes.
    pub const ANY_VALID_TOKEN: Self = Self::of_node(Node::All(&[]));

    /// Returns whether the scopes satisfy the requirement. A broader scope satisfies the scopes that it implies.
    ///
    /// This does not check `acr`, `max_age` and `dpop`, and it has no values for parameters of scopes;
    /// [`AccessToken::require`](crate::AccessToken::require) checks all.
    #[must_use]
    pub fn is_met_by(&self, granted: &GrantedScopes) -> bool {
        self.is_met_where(&|scope| scope.is_granted(granted, &()))
    }

    /// Returns whether this is an empty list, as [`ANY_VALID_TOKEN`](Self::ANY_VALID_TOKEN) is. Other requirements may accept
    /// every valid token, too.
    pub(super) const fn is_empty(&self) -> bool {
        matches!(self.node, Node::All(&[]))
    }

    /// Returns whether the scopes for which `is_granted` is true satisfy the requirement.
    pub(super) fn is_met_where(&self, is_granted: &impl Fn(&DeclaredScope) -> bool) -> bool {
        match self.node {
            Node::Scope(scope) => is_granted(scope),
            Node::All(requirements) => requirements.iter().all(|inner| inner.is_met_where(is_granted)),
            Node::Any(requirements) => requirements.iter().any(|inner| inner.is_met_where(is_granted)),
            Node::Authentication { .. }
            | Node::Dpop
            | Node::MayRequire(_)
            | Node::Credentials(_)
            | Node::Parameter(_) => true,
        }
    }

    /// Returns whether the token must be bound to a DPoP key.
    pub(crate) const fn requires_dpop(&self) -> bool {
        self.properties & REQUIRES_DPOP != 0
    }

    /// Returns whether an extractor of the handler may read the context of the request.
    pub(crate) const fn reads_context(&self) -> bool {
        self.properties & READS_CONTEXT != 0
    }

    /// Returns the minimal sets of scopes that satisfy the requirement, each in the order of the source code.
    ///
    /// No set contains a scope that another of its scopes implies. A token that satisfies one set need not satisfy another one.
    /// An empty set means that any valid token is accepted.
    #[must_use]
    pub fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        minimal(self.unreduced(&|scope| scope))
    }

    /// Returns the sets of scopes that satisfy the requirement, with no regard to implications.
    pub(super) fn unreduced<S: Clone>(&self, scope_of: &impl Fn(&'static DeclaredScope) -> S) -> Vec<Vec<S>> {
        match self.node {
            Node::Scope(scope) => vec![vec![scope_of(scope)]],
            Node::Any(requirements) => {
                requirements.iter().flat_map(|inner| inner.unreduced(scope_of)).collect()
            }
            Node::All(requirements) => {
                all_combinations(requirements.iter().map(|inner| inner.unreduced(scope_of)))
            }
            Node::Authentication { .. }
            | Node::Dpop
            | Node::MayRequire(_)
            | Node::Credentials(_)
            | Node::Parameter(_) => {
                vec![Vec::new()]
            }
        }
    }
}

#[track_caller]
const fn credentials_in_authorization() -> ! {
    panic!(
        "credentials in the `Authorization` header, which has the access token; take them from another header"
    )
}

/// Limits a number of alternatives to one more than is allowed, so that sums and products do not overflow.
const fn capped(alternatives: usize) -> usize {
    if alternatives > MAX_ALTERNATIVES { MAX_ALTERNATIVES + 1 } else { alternatives }
}

/// Returns whether a refusal can list the alternatives of all the requirements together.
pub(super) fn are_few_enough<'a>(requirements: impl Iterator<Item = &'a Requirement>) -> bool {
    requirements.map(|requirement| requirement.alternative_count).fold(1, usize::saturating_mul)
        <= MAX_ALTERNATIVES
}

/// Writes the alternatives, each as a `scope` parameter: `me items or admin`.
impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&written(&self.alternatives()))
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Requirement").field(&self.to_string()).finish()
    }
}
