use std::borrow::Cow;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error};

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
    description: &'static str,
    implies: &'static [&'static str],
    implied_by: &'static [&'static str],
}

impl DeclaredScope {
    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        description: &'static str,
        implies: &'static [&'static str],
        implied_by: &'static [&'static str],
    ) -> Self {
        Self { name, description, implies, implied_by }
    }

    /// Returns the name of the scope, as tokens contain it.
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the scope `{}` is not declared", name.escape_debug())]
pub struct UndeclaredScopeError {
    name: Box<str>,
}

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
