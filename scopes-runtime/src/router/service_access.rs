use std::fmt;

use crate::ResourceServer;
use crate::http::ProvidesResourceServer;
use crate::scope::Requirement;

/// Who may call a service of a [`ScopedRouter`](super::ScopedRouter): a [`Requirement`] from [`scopes!`](crate::scopes), which
/// the router checks before the service runs, or [`unchecked`] with the reason why it checks nothing.
///
/// A requirement needs a [`ResourceServer`] in the router's state.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use axum::Router;
/// use scopes_runtime::router::unchecked;
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
///     .fallback_service(pages, unchecked("the web application"));
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
pub struct ServiceAccess<S>(pub(super) ServiceCheck<S>);

/// The check of a service.
pub(super) enum ServiceCheck<S> {
    Scoped { requirement: Requirement, server: fn(&S) -> ResourceServer },
    Unchecked { reason: &'static str },
}

/// The reason why a router checks nothing for a service. [`unchecked`] makes it; [`ServiceAccess`] has an example.
#[derive(Clone, Copy, Debug)]
pub struct Unchecked {
    reason: &'static str,
}

/// Declares that a router checks nothing for a service, and why: `router.nest_service("/assets", files, unchecked("…"))`. The
/// reason appears in the report. [`ServiceAccess`] has an example.
#[must_use]
pub fn unchecked(reason: &'static str) -> Unchecked {
    Unchecked { reason }
}

impl<S: ProvidesResourceServer> From<Requirement> for ServiceAccess<S> {
    fn from(requirement: Requirement) -> Self {
        Self(ServiceCheck::Scoped { requirement, server: S::resource_server })
    }
}

impl<S> From<Unchecked> for ServiceAccess<S> {
    fn from(Unchecked { reason }: Unchecked) -> Self {
        Self(ServiceCheck::Unchecked { reason })
    }
}

impl<S> fmt::Debug for ServiceAccess<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ServiceCheck::Scoped { requirement, .. } => {
                formatter.debug_tuple("Scoped").field(requirement).finish()
            }
            ServiceCheck::Unchecked { reason } => formatter.debug_tuple("Unchecked").field(reason).finish(),
        }
    }
}
