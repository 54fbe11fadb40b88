use std::borrow::Cow;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error};

use super::GrantedScopes;
use super::parameters::{ConcreteScope, ParameterValues, Split, is_concrete, next_parameter, parameters};

use crate::readable_debug::readable_debug;

/// A declared scope: its name, description and implications. [`#[declare_scopes]`](crate::declare_scopes) makes it.
///
/// ```
/// use scopes_runtime::declare_scopes;
///
/// #[declare_scopes]
/// enum Scope {
///     /// Read items.
///     Items = "items",
///     /// Create, change and delete items.
///     #[implies(Items)]
///     ItemsWrite = "items:write",
/// }
///
/// let declared = Scope::ItemsWrite.declared();
/// assert_eq!(declared.name(), "items:write");
/// assert_eq!(declared.description(), "Create, change and delete items.");
/// assert_eq!(declared.implies(), ["items"]);
/// assert_eq!(Scope::Items.declared().implied_by(), ["items:write"]);
/// ```
#[derive(Debug)]
pub struct DeclaredScope {
    name: &'static str,
    /// A hash of the name, from the macros, which hash literals in the same way. `Requirement::named` reads the field.
    pub(super) name_hash: u64,
    description: &'static str,
    implies: &'static [&'static str],
    implied_by: &'static [&'static str],
    /// The first parameter in the name, found at compile time. `Requirement::scope` reads the field.
    pub(super) first_parameter: Option<Split<'static>>,
}

impl DeclaredScope {
    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        name_hash: u64,
        description: &'static str,
        implies: &'static [&'static str],
        implied_by: &'static [&'static str],
    ) -> Self {
        Self { name, name_hash, description, implies, implied_by, first_parameter: next_parameter(name) }
    }

    /// Returns the name of the scope. Tokens contain it, with values in place of parameters.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what a token with this scope may do: the variant's doc comment.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// Returns the narrower scopes that this one includes, directly or through others.
    #[must_use]
    pub const fn implies(&self) -> &'static [&'static str] {
        self.implies
    }

    /// Returns the broader scopes that include this one. A token with any of them satisfies it.
    #[must_use]
    pub const fn implied_by(&self) -> &'static [&'static str] {
        self.implied_by
    }

    /// Iterates over the parameters in the name: `org` of `org:{org}:read`.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        parameters(self.first_parameter)
    }

    pub(crate) const fn has_parameters(&self) -> bool {
        self.first_parameter.is_some()
    }

    /// Returns the scope that tokens contain, with these values in place of the parameters: `org:acme:read`. For authorization
    /// servers and tests.
    ///
    /// `None` if a parameter has no value, or one that no scope can contain. A value must not have a character that RFC 6749
    /// section 3.3 does not allow, nor the character after the parameter in the name; at the end of the name, the one before
    /// it.
    ///
    /// ```
    /// use scopes_runtime::declare_scopes;
    ///
    /// #[declare_scopes]
    /// enum Scope {
    ///     /// Read the projects of an organization.
    ///     OrgRead = "org:{org}:read",
    /// }
    ///
    /// let declared = Scope::OrgRead.declared();
    /// assert!(declared.parameters().eq(["org"]));
    /// assert_eq!(declared.concrete_name(&[("org", "acme")]).as_deref(), Some("org:acme:read"));
    /// assert_eq!(declared.concrete_name(&[("org", "acme:read")]), None);
    /// ```
    #[must_use]
    pub fn concrete_name(&self, values: &[(&str, &str)]) -> Option<String> {
        ConcreteScope::of(self.name, values).map(|scope| scope.as_str().to_owned())
    }

    /// Returns whether a scope of a token or of a request for one is this scope, with any values in place of the parameters.
    /// For authorization servers.
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read the projects of an organization.
    /// #     OrgRead = "org:{org}:read",
    /// # }
    /// assert!(Scope::OrgRead.declared().matches("org:acme:read"));
    /// assert!(!Scope::OrgRead.declared().matches("org:acme"));
    /// assert!(!Scope::OrgRead.declared().matches("org:acme items:read"));
    /// ```
    #[must_use]
    pub fn matches(&self, scope: &str) -> bool {
        is_concrete(self.name, scope)
    }

    /// Returns whether the granted scopes include this one, with these values in place of its parameters.
    pub(crate) fn is_granted(
        &self,
        granted: &GrantedScopes,
        values: &(impl ParameterValues + ?Sized),
    ) -> bool {
        if self.has_parameters() {
            return self.is_granted_with(granted, values);
        }
        granted.contains(self.name) || self.implied_by.iter().any(|broader| granted.contains(broader))
    }

    fn is_granted_with(&self, granted: &GrantedScopes, values: &(impl ParameterValues + ?Sized)) -> bool {
        let is_in = |scope: Option<ConcreteScope>| {
            scope.is_some_and(|scope| granted.contains_bytes(scope.as_bytes()))
        };
        is_in(ConcreteScope::from_first(self.name, self.first_parameter, values))
            || self.implied_by.iter().any(|broader| is_in(ConcreteScope::of(broader, values)))
    }

    /// Returns whether the granted scopes include this one with some values, for reports. They may also name the parameters.
    pub(crate) fn is_granted_for_some_values(&self, granted: &GrantedScopes) -> bool {
        let mut names = std::iter::once(&self.name).chain(self.implied_by);
        names.any(|name| granted.contains(name) || granted.iter().any(|scope| is_concrete(name, scope)))
    }
}

/// An enum with [`#[declare_scopes]`](macro@crate::declare_scopes).
///
/// ```
/// use scopes_runtime::{Vocabulary, declare_scopes};
///
/// fn names<V: Vocabulary>() -> Vec<&'static str> {
///     V::DECLARED.iter().map(|scope| scope.name()).collect()
/// }
///
/// #[declare_scopes]
/// enum Scope {
///     /// Read items.
///     Items = "items",
/// }
///
/// assert_eq!(names::<Scope>(), ["items"]);
/// ```
pub trait Vocabulary {
    /// All scopes, in the order of declaration.
    const DECLARED: &'static [DeclaredScope];
}

/// A value that a requirement can list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` in place of a scope",
    label = "expected a scope, such as `\"items\"` or `Scope::Items`",
    note = "scopes are resolved by name at compile time, so a string constant cannot be read: write the string literal, or a constant of the vocabulary's type, such as `const READ: Scope = Scope::Items`"
)]
pub trait IsScope {}

/// The method `declared` of values that are no scopes, with an error message. The inherent method of a vocabulary takes
/// precedence.
pub trait NoScope {
    /// Does not compile.
    fn declared(&self) -> &'static DeclaredScope
    where
        Self: IsScope,
    {
        unreachable!("no type is an `IsScope`")
    }
}

impl<T> NoScope for T {}

/// The error of parsing the name of a scope that a vocabulary does not declare.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
/// let error = "itmes".parse::<Scope>().unwrap_err();
/// assert_eq!(error.to_string(), "the scope `itmes` is not declared");
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the scope `{}` is not declared", name.escape_debug())]
pub struct UndeclaredScopeError {
    name: Box<str>,
}

readable_debug!(UndeclaredScopeError);

/// Returns the variant with the name.
#[doc(hidden)]
pub fn find<V: Copy>(
    declared: &[DeclaredScope],
    name: &str,
    variants: &[V],
) -> Result<V, UndeclaredScopeError> {
    let position = declared.iter().position(|scope| scope.name == name);
    position.map(|position| variants[position]).ok_or_else(|| UndeclaredScopeError { name: name.into() })
}

/// Deserializes a variant from its name.
#[doc(hidden)]
pub fn deserialize<'de, V, D>(deserializer: D) -> Result<V, D::Error>
where
    V: FromStr<Err = UndeclaredScopeError>,
    D: Deserializer<'de>,
{
    let name = Cow::<'_, str>::deserialize(deserializer)?;
    name.parse().map_err(D::Error::custom)
}
