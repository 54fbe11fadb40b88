//! [`Report`]: who may call what.

mod markdown;
mod operation;
mod row;
mod text;

use std::collections::BTreeSet;

use serde::Serialize;

pub(crate) use operation::{Callers, Operation};
pub(crate) use row::{Access, Row};
#[cfg(all(feature = "_jwt", feature = "testing"))]
pub(crate) use text::write_aligned;

use crate::scope::DeclaredScope;

/// The method of a handler that serves every method without an operation of its own.
pub(crate) const ANY_METHOD: &str = "*";

/// Who may call what: the operations of a [`ScopedRouter`](crate::ScopedRouter) with what each requires, and the
/// declared scopes that none of them does. [`ScopedRouter::report`](crate::ScopedRouter::report) makes it.
///
/// It comes as a table for a terminal (`Display`), as [Markdown](Report::to_markdown) and, for other programs, as
/// whatever serde writes. Operations are sorted by path, then by method; the method `*` is that of a handler for every
/// method without an operation of its own.
///
/// ```
/// use scopes_runtime::openapi::OAuth2Scheme;
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
///     .security_scheme(OAuth2Scheme::new::<Scope>())
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
/// In JSON each operation has `method`, `path`, `handler` and `access`, which is `scoped`, `public` or `foreign`. A
/// scoped one has `alternatives`, lists of scopes: a token needs all of one of them, and where that is an empty one, any
/// valid token will do. After `operations` comes `unrequired`, with the `scope` and what it `implies`.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    operations: Vec<Operation>,
    unrequired: Vec<Unrequired>,
    /// The names of the scopes of the vocabularies and of the operations, and of those that imply them.
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
    /// The report of these rows, and of these vocabularies.
    pub(crate) fn new(rows: Vec<Row>, declared: &[&'static DeclaredScope]) -> Self {
        let mut operations: Vec<_> = rows.into_iter().map(Operation::from).collect();
        operations.sort_by(|left, right| (&left.path, &left.method).cmp(&(&right.path, &right.method)));
        // Routers that were merged may have one handler for the methods that none of their routes has.
        operations.dedup_by_key(|it| {
            (it.path.clone(), it.method.clone(), it.handler.clone(), it.callers.to_string())
        });
        let required: BTreeSet<_> =
            operations.iter().flat_map(|operation| operation.callers.scopes()).collect();
        let unrequired = declared
            .iter()
            .filter(|scope| !required.contains(scope.name()))
            .map(|scope| Unrequired { scope: scope.name(), implies: scope.implies() })
            .collect();
        #[cfg(all(feature = "_jwt", feature = "testing"))]
        let known_scopes = declared
            .iter()
            .copied()
            .chain(
                operations
                    .iter()
                    .flat_map(|operation| operation.callers.alternatives().iter().flatten().copied()),
            )
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

    /// The operations, sorted.
    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The report as a Markdown table, for a page of documentation or the description of a change.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::write(self)
    }
}

/// Text that leaves a table's lines whole.
fn in_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
