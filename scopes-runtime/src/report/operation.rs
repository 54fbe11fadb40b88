use serde::Serialize;

use super::requirement::requirement;
use crate::operation::{Access, Operation};
use crate::scope::{DeclaredScope, GrantedScopes, cheapest};

/// Returns whether a token with these scopes is enough for the operation, or none is needed.
pub(crate) fn is_allowed(operation: &Operation, granted: &GrantedScopes) -> bool {
    match &operation.access {
        Access::Scoped(requirements) => {
            requirements.credentials().is_empty() && requirements.is_met_for_some_values(granted)
        }
        Access::Authenticated { .. } => false,
        Access::Public { .. } | Access::Unchecked { .. } => true,
    }
}

/// An operation of a [`Report`](super::Report). Serialized as in the report.
///
/// ```
/// # use scopes_runtime::router::{ScopedRouter, get};
/// # use scopes_runtime::{GrantedScopes, ResourceServer, declare_scopes, requires_scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// #     /// Administer everything.
/// #     Admin = "admin",
/// # }
/// #[requires_scopes(any("items", "admin"))]
/// async fn read_items() {}
///
/// # fn main() {
/// let report = ScopedRouter::<ResourceServer>::new().route("/items", get(read_items)).report();
/// let operation = report.operations().next().unwrap();
/// assert_eq!((operation.method().as_str(), operation.path()), ("GET", "/items"));
/// assert!(operation.handler().unwrap().ends_with("read_items"));
/// assert_eq!(operation.requirement(), "items or admin");
/// assert_eq!(operation.alternatives().len(), 2);
/// assert!(operation.is_allowed(&GrantedScopes::from_list("admin")));
/// assert_eq!(operation.missing(&GrantedScopes::default()), ["items"]);
/// assert!(report.to_markdown().contains("/items"));
/// # }
/// ```
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct ReportedOperation<'a>(pub(super) &'a Operation);

impl<'a> ReportedOperation<'a> {
    /// Returns the method, `*` or `OTHER` for several methods, and `TOOL`, `PROMPT` or `RESOURCE` for an item of an MCP server.
    #[must_use]
    pub fn method(self) -> String {
        self.0.methods.to_string()
    }

    /// Returns the path in the syntax of axum: `/*` for a fallback, `/**` for the routes of an axum router, and
    /// `/mcp#delete_note` for an item of an MCP server.
    #[must_use]
    pub fn path(self) -> &'a str {
        &self.0.path
    }

    /// Returns the path of the handler: `api::items::read_item`. `None` for a service.
    #[must_use]
    pub fn handler(self) -> Option<String> {
        self.0.handler.as_ref().map(ToString::to_string)
    }

    /// Returns what the operation requires, as in the text of the report: `items me or admin`.
    #[must_use]
    pub fn requirement(self) -> String {
        requirement(&self.0.access, str::to_owned)
    }

    /// Returns the minimal sets of scopes that satisfy the requirement. No set if the operation requires no token.
    #[must_use]
    pub fn alternatives(self) -> Vec<Vec<&'static DeclaredScope>> {
        self.0.access.alternatives()
    }

    /// Returns whether a token with these scopes is enough, or none is needed. Only scopes are considered, not `acr`,
    /// `max_age` and `dpop`. A scope with a parameter counts with any value. An operation that requires other credentials,
    /// beside a token or instead of one, is not allowed.
    #[must_use]
    pub fn is_allowed(self, granted: &GrantedScopes) -> bool {
        is_allowed(self.0, granted)
    }

    /// Returns the scopes that a token with these scopes lacks, of the alternative that a refusal names. Empty if it lacks
    /// none.
    #[must_use]
    pub fn missing(self, granted: &GrantedScopes) -> Vec<&'static str> {
        let alternatives = self.alternatives();
        let is_granted = |scope: &&DeclaredScope| scope.is_granted_for_some_values(granted);
        let cheapest = cheapest(&alternatives, is_granted).map(|at| &alternatives[at]);
        cheapest.into_iter().flatten().filter(|scope| !is_granted(scope)).map(|scope| scope.name()).collect()
    }

    /// Returns whether this is the name of the handler, with or without the end of its module's path.
    pub(super) fn is_named(self, name: &str) -> bool {
        self.handler().is_some_and(|path| {
            path == name || path.strip_suffix(name).is_some_and(|rest| rest.ends_with("::"))
        })
    }
}
