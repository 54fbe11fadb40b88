use serde::Serialize;

use super::{Report, ReportedOperation};
use crate::readable_debug::readable_debug;
use crate::scope::{DeclaredScope, GrantedScopes, minimal_of_both};

/// The maximum number of sets that the search keeps.
const MAX_SETS: usize = 64;

/// A set of scopes with which a client can call operations; see [`Report::sufficient_scopes`].
#[derive(Clone, Debug, Serialize)]
pub struct SufficientScopes<'a> {
    /// The scopes. Empty if any valid token, or none, is enough.
    pub scopes: Vec<&'static str>,
    /// The other operations that the scopes allow, beside those that a token without scopes may call.
    pub others: Vec<ReportedOperation<'a>>,
}

/// The error of a name that no handler of the report has, from [`Report::sufficient_scopes`].
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("no operation has the handler `{}`", .0.escape_debug())]
pub struct UnknownHandlerError(String);

readable_debug!(UnknownHandlerError);

impl Report {
    /// Returns the operations that a client may call with a token with these scopes, and those without a token. Only scopes
    /// are considered; see [`ReportedOperation::is_allowed`].
    ///
    /// ```
    /// # use scopes_runtime::router::{ScopedRouter, get};
    /// # use scopes_runtime::{GrantedScopes, ResourceServer, declare_scopes, requires_scopes};
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// #     /// Read users.
    /// #     Users = "users",
    /// # }
    /// #[requires_scopes("items")]
    /// async fn read_items() {}
    ///
    /// #[requires_scopes("users")]
    /// async fn read_users() {}
    ///
    /// # fn main() {
    /// let router =
    ///     ScopedRouter::<ResourceServer>::new().route("/items", get(read_items)).route("/users", get(read_users));
    /// let report = router.report();
    /// let allowed = report.allowed(&GrantedScopes::from_list("items"));
    /// assert_eq!(allowed.iter().map(|operation| operation.path()).collect::<Vec<_>>(), ["/items"]);
    /// # }
    /// ```
    #[must_use]
    pub fn allowed(&self, granted: &GrantedScopes) -> Vec<ReportedOperation<'_>> {
        self.operations().filter(|operation| operation.is_allowed(granted)).collect()
    }

    /// Returns the smallest sets of scopes that allow all operations of the handlers with these names, such as `read_items` or
    /// `api::read_items`. No set can be reduced, nor can one of its scopes be replaced by one that it implies. The first sets
    /// allow the fewest other operations, and have the fewest scopes: if a set allows exactly these operations, it is first.
    ///
    /// The alternatives of the operations are combined one operation after the other. After each, the sets that another one
    /// covers are dropped, and the 64 sets with the fewest scopes are kept. So the time is bounded by the number of operations
    /// times 64 × 64 combinations, compared in pairs. Beyond 64 sets, some of the larger ones can be missing.
    ///
    /// ```
    /// # use scopes_runtime::router::{ScopedRouter, get};
    /// # use scopes_runtime::{ResourceServer, declare_scopes, requires_scopes};
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// #     /// Create items.
    /// #     #[implies(Items)]
    /// #     ItemsWrite = "items:write",
    /// # }
    /// #[requires_scopes("items")]
    /// async fn read_items() {}
    ///
    /// #[requires_scopes("items:write")]
    /// async fn create_item() {}
    ///
    /// # fn main() -> Result<(), scopes_runtime::report::UnknownHandlerError> {
    /// let router =
    ///     ScopedRouter::<ResourceServer>::new().route("/items", get(read_items).post(create_item));
    /// let report = router.report();
    /// assert_eq!(report.sufficient_scopes(["read_items"])?[0].scopes, ["items"]);
    /// assert_eq!(report.sufficient_scopes(["read_items", "create_item"])?[0].scopes, ["items:write"]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnknownHandlerError`] if no handler has one of the names.
    pub fn sufficient_scopes<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Vec<SufficientScopes<'_>>, UnknownHandlerError> {
        let mut wanted: Vec<ReportedOperation<'_>> = Vec::new();
        for name in names {
            let before = wanted.len();
            wanted.extend(self.operations().filter(|operation| operation.is_named(name)));
            if wanted.len() == before {
                return Err(UnknownHandlerError(name.to_owned()));
            }
        }
        let mut sets: Vec<Vec<&'static DeclaredScope>> = vec![Vec::new()];
        for alternatives in wanted.iter().map(|operation| operation.alternatives()) {
            // No alternative: the operation requires no token.
            if !alternatives.is_empty() {
                sets = minimal_of_both(&sets, &alternatives);
                sets.sort_by_key(Vec::len);
                sets.truncate(MAX_SETS);
            }
        }
        let without_scopes = GrantedScopes::default();
        let is_other = |operation: &ReportedOperation<'_>| {
            let is_wanted = wanted.iter().any(|wanted| std::ptr::eq(wanted.0, operation.0));
            !is_wanted && !operation.is_allowed(&without_scopes)
        };
        let described = sets.iter().map(|set| {
            let scopes: Vec<_> = set.iter().map(|scope| scope.name()).collect();
            let granted: GrantedScopes = scopes.iter().copied().collect();
            let others = self.allowed(&granted).into_iter().filter(is_other).collect();
            SufficientScopes { scopes, others }
        });
        let mut sufficient: Vec<_> = described.collect();
        sufficient.sort_by_key(|set| (set.others.len(), set.scopes.len()));
        Ok(sufficient)
    }
}
