//! The access report of a router: [`Report`].

mod markdown;
mod operation;
mod requirement;
mod sufficient_scopes;
mod text;

#[cfg(all(feature = "_jwt", feature = "testing"))]
use std::collections::BTreeSet;

use serde::Serialize;

#[cfg(all(feature = "_jwt", feature = "testing"))]
pub(crate) use text::write_aligned;

pub use self::operation::ReportedOperation;
#[cfg(feature = "openapi")]
pub(crate) use self::operation::is_allowed;
use self::requirement::requirement;
pub use self::sufficient_scopes::{SufficientScopes, UnknownHandlerError};
use crate::operation::Operation;
use crate::scope::DeclaredScope;

/// The operations of a [`ScopedRouter`](crate::ScopedRouter) with their requirements, and the declared scopes that no operation
/// requires. [`ScopedRouter::report`](crate::ScopedRouter::report) makes it.
///
/// `Display` writes a table for a terminal, [`to_markdown`](Report::to_markdown) a Markdown table, and `Serialize` the data for
/// other programs. Operations are sorted by path, then by method. The method `*` is that of a handler for every method without
/// a handler of its own.
///
/// ```
/// use scopes_runtime::router::{ScopedRouter, get};
/// use scopes_runtime::{ResourceServer, declare_scopes, public, requires_scopes};
///
/// #[declare_scopes]
/// enum Scope {
///     /// Read items.
///     Items = "items",
///     /// Everything.
///     #[implies(Items)]
///     Admin = "admin",
/// }
///
/// #[requires_scopes("items")]
/// async fn read_items() {}
///
/// #[public]
/// async fn health() {}
///
/// # fn main() {
/// let router = ScopedRouter::<ResourceServer>::new()
///     .vocabulary::<Scope>()
///     .route("/items", get(read_items))
///     .route("/health", get(health));
/// # let text = router.report().to_string().replace("rust_out", "api");
/// # assert_eq!(text.lines().next(), Some("METHOD  PATH     REQUIRES  HANDLER"));
/// # assert!(text.ends_with("Declared scopes that no operation requires:\n  admin  implies items"));
/// println!("{}", router.report());
/// # }
/// ```
///
/// ```text
/// METHOD  PATH     REQUIRES  HANDLER
/// GET     /health  public    api::health
/// GET     /items   items     api::read_items
///
/// Declared scopes that no operation requires:
///   admin  implies items
/// ```
///
/// In JSON each operation has `method`, `path`, `access` (`scoped`, `authenticated`, `public` or `unchecked`) and, if it is not
/// a service, `handler`. A scoped operation has `alternatives`, lists of scopes: a token needs all scopes of one list, and an
/// empty list accepts any valid token. `userAuthentication` has the required `acr_values` and `max_age`. `dpopRequired` is
/// `true` if the token must be bound to a DPoP key. `mayRequire` has the `scopes`, `acr_values`, `max_age` and `dpop` that the
/// handler may require later ([`may_require`](macro@crate::requires_scopes)). `credentials` has the names of the schemes of
/// other required credentials, beside a token or instead of one. A public operation has `acceptsToken`; public and unchecked
/// ones have `reason`, if it is given. Members without content are omitted. `unrequired` lists the declared scopes that no
/// operation requires: each has its name as `scope`, and the names that it `implies`.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    operations: Vec<Operation>,
    unrequired: Vec<Unrequired>,
    /// The names of the scopes of the vocabularies and of the operations, of those that imply them, and of those that they
    /// imply.
    #[cfg(all(feature = "_jwt", feature = "testing"))]
    #[serde(skip)]
    known_scopes: BTreeSet<&'static str>,
}

/// A declared scope that no operation requires.
#[derive(Clone, Debug, Serialize)]
struct Unrequired {
    scope: &'static str,
    implies: &'static [&'static str],
}

impl Report {
    pub(crate) fn new(mut operations: Vec<Operation>, declared: &[&'static DeclaredScope]) -> Self {
        operations.sort_by_key(|operation| (operation.path.clone(), operation.methods.to_string()));
        // Merged routers may share the handler of methods without any other.
        operations.dedup_by_key(|Operation { methods, path, handler, access }| {
            let handler = handler.as_ref().map(|handler| handler.id);
            (path.clone(), methods.to_string(), handler, requirement(access, str::to_owned), access.reason())
        });
        let required: Vec<_> = operations.iter().flat_map(|operation| operation.access.scopes()).collect();
        let is_required = |scope: &DeclaredScope| required.iter().any(|other| other.name() == scope.name());
        let unrequired = declared.iter().filter(|scope| !is_required(scope));
        let unrequired =
            unrequired.map(|scope| Unrequired { scope: scope.name(), implies: scope.implies() }).collect();
        #[cfg(all(feature = "_jwt", feature = "testing"))]
        let known_scopes = declared
            .iter()
            .chain(&required)
            .flat_map(|scope| [&[scope.name()], scope.implies(), scope.implied_by()].concat())
            .collect();
        Self {
            operations,
            unrequired,
            #[cfg(all(feature = "_jwt", feature = "testing"))]
            known_scopes,
        }
    }

    #[cfg(all(feature = "_jwt", feature = "testing"))]
    pub(crate) fn known_scopes(&self) -> &BTreeSet<&'static str> {
        &self.known_scopes
    }

    /// Returns the operations, sorted by path, then by method.
    pub fn operations(&self) -> impl Iterator<Item = ReportedOperation<'_>> {
        self.operations.iter().map(ReportedOperation)
    }

    pub(crate) fn model(&self) -> &[Operation] {
        &self.operations
    }
}

/// Replaces control characters by spaces, so that the text fits in one line of a table.
fn in_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
