use std::fmt;

use crate::ResourceServer;
use crate::http::ProvidesResourceServer;
use crate::scope::Requirement;

/// Who may call a service of a [`ScopedRouter`](super::ScopedRouter): a [`Requirement`] from [`scopes!`](crate::scopes), which
/// the router checks before the service runs, or the reason why the router checks nothing, which appears in the report.
///
/// A requirement needs a [`ResourceServer`] in the router's state.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use axum::Router;
/// use scopes_runtime::{ResourceServer, ScopedRouter, scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read files.
/// #     Files = "files",
/// # }
/// # fn f(files: Router, pages: Router) {
///
/// let router = ScopedRouter::<ResourceServer>::new()
///     .nest_service("/files", files, scopes!("files"))
///     .fallback_service(pages, "the web application");
/// # }
/// # fn main() {}
/// ```
///
/// ```compile_fail,E0277
/// # use scopes_runtime::declare_scopes;
/// # use axum::Router;
/// # use scopes_runtime::{ScopedRouter, scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read files.
/// #     Files = "files",
/// # }
/// # fn f(files: Router) {
/// // No `ResourceServer` in the state `()`.
/// let router = ScopedRouter::<()>::new().nest_service("/files", files, scopes!("files"));
/// # }
/// # fn main() {}
/// ```
pub struct ServiceAccess<S>(pub(super) Access<S>);

pub(super) enum Access<S> {
    Scoped { requirement: Requirement, server: fn(&S) -> ResourceServer },
    Unchecked { reason: &'static str },
}

impl<S: ProvidesResourceServer> From<Requirement> for ServiceAccess<S> {
    fn from(requirement: Requirement) -> Self {
        Self(Access::Scoped { requirement, server: S::resource_server })
    }
}

impl<S> From<&'static str> for ServiceAccess<S> {
    fn from(reason: &'static str) -> Self {
        Self(Access::Unchecked { reason })
    }
}

impl<S> fmt::Debug for ServiceAccess<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Access::Scoped { requirement, .. } => formatter.debug_tuple("Scoped").field(requirement).finish(),
            Access::Unchecked { reason } => formatter.debug_tuple("Unchecked").field(reason).finish(),
        }
    }
}
