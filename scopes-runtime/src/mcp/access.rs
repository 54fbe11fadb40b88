use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::scope::Requirement;

/// What the tools or the prompts of an MCP server require, by name.
///
/// `#[scoped_tools]` and `#[scoped_prompts]` make it from attributes. Without them, write the table beside the router:
///
/// ```
/// use scopes_runtime::mcp::McpAccess;
/// use scopes_runtime::{declare_scopes, scopes};
///
/// #[declare_scopes]
/// enum Scope {
///     /// Read notes.
///     NotesRead = "notes:read",
/// }
///
/// # fn main() {
/// let access = McpAccess::new().require("read_note", scopes!("notes:read")).public("about");
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct McpAccess(pub(super) BTreeMap<Cow<'static, str>, Requirement>);

impl McpAccess {
    /// Creates an empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tool or prompt with its requirement, beyond that of the endpoint.
    ///
    /// # Panics
    ///
    /// Panics if the table has the name already.
    #[must_use]
    pub fn require(mut self, name: impl Into<Cow<'static, str>>, requirement: Requirement) -> Self {
        let name = name.into();
        assert!(
            self.0.insert(name.clone(), requirement).is_none(),
            "`{name}` is in the table twice; remove one of the two"
        );
        self
    }

    /// Adds a tool or prompt that every client of the endpoint may use.
    ///
    /// # Panics
    ///
    /// Panics if the table has the name already.
    #[must_use]
    pub fn public(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.require(name, Requirement::ANY_VALID_TOKEN)
    }

    /// Adds the tools or prompts of another table, for instance of another `impl` block.
    ///
    /// # Panics
    ///
    /// Panics if both have a name.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        other.0.into_iter().fold(self, |all, (name, requirement)| all.require(name, requirement))
    }

    /// Compares the table with the names of a router. `kind` is the word for one of them.
    ///
    /// # Panics
    ///
    /// Panics if one has a name that the other lacks.
    pub(super) fn check<'a>(&self, kind: &str, names: impl Iterator<Item = &'a str>) {
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        for name in &names {
            assert!(
                self.0.contains_key(*name),
                "the {kind} `{name}` has no requirement: add `#[requires_scopes(…)]` or `#[public]` to its method, or its name to the table"
            );
        }
        for name in self.0.keys() {
            assert!(
                names.contains(&&**name),
                "the table has a requirement for the {kind} `{name}`, which the server does not have"
            );
        }
    }
}
