//! Routers inside of a router.

use super::ScopedRouter;
use super::layered::WithoutCheck;
use super::route::{Route, UNLISTED};
use crate::operation::Methods;

/// The routes that [`ScopedRouter::merge`] and [`ScopedRouter::nest`] accept: a [`ScopedRouter`] with the same state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` in a `ScopedRouter` with the state `{S}`",
    label = "expected a `ScopedRouter<{S}>`",
    note = "add axum's router with `merge_unchecked(router, reason)` or `nest_unchecked(path, router, reason)`",
    note = "call `with_state` on a router with another state first"
)]
pub trait ScopedRoutes<S> {
    /// Returns the router.
    #[doc(hidden)]
    fn into_router(self) -> ScopedRouter<S>;
}

#[diagnostic::do_not_recommend]
impl<S> ScopedRoutes<S> for ScopedRouter<S> {
    fn into_router(self) -> Self {
        self
    }
}

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Adds the routes of another router.
    ///
    /// # Panics
    ///
    /// Panics as `Router::merge` does: if both have a route for the same path and method, or a fallback.
    #[must_use]
    #[track_caller]
    pub fn merge(mut self, other: impl ScopedRoutes<S>) -> Self {
        let other = self.taken(other);
        self.routes.extend(other.routes);
        self.vocabularies.extend(other.vocabularies);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// Adds the routes of another router under a prefix.
    ///
    /// # Panics
    ///
    /// Panics as `Router::nest` does: if the prefix is malformed or empty, or if routes overlap.
    #[must_use]
    #[track_caller]
    pub fn nest(mut self, path: &str, other: impl ScopedRoutes<S>) -> Self {
        let mut other = self.taken(other);
        // axum ignores the fallbacks of routers inside `other` if `other` has none of its own.
        if !other.routes.iter().any(Route::is_own_fallback) {
            other.routes.retain(|route| !route.is_fallback());
        }
        self.routes.extend(other.routes.into_iter().map(|route| route.under(path)));
        self.vocabularies.extend(other.vocabularies);
        Self { router: self.router.nest(path, other.router), ..self }
    }

    /// Returns a router whose routes this one takes. Its security schemes are set on them, and the documents that it serves are
    /// those of this router.
    fn taken(&mut self, other: impl ScopedRoutes<S>) -> Self {
        let other = other.into_router();
        #[cfg(feature = "openapi")]
        let other = {
            let mut other = other.with_assigned_schemes();
            self.document.served.append(&mut other.document.served);
            other
        };
        other
    }

    /// Adds the routes of an axum router, without any check of tokens. `reason` appears in the report. The fallback of the
    /// router is not added; [`fallback_service`](Self::fallback_service) sets one with a reason.
    ///
    /// axum does not list the routes of a router. The report has one line for all of them, with the path `/**`; the document
    /// has none of them. Handlers with `#[requires_scopes]` still check their own requirement.
    ///
    /// ```
    /// use axum::Router;
    /// use axum::routing::get;
    /// use scopes_runtime::ScopedRouter;
    ///
    /// let webhooks = Router::new().route("/webhooks/payment", get(async || "ok"));
    /// let router = ScopedRouter::<()>::new().merge_unchecked(webhooks, "The handlers check signatures.");
    /// assert!(router.report().to_string().contains("*       /**   unchecked"));
    /// ```
    ///
    /// # Panics
    ///
    /// Panics as `Router::merge` does: if both have a route for the same path and method; and if the reason is empty.
    #[must_use]
    #[track_caller]
    pub fn merge_unchecked(mut self, router: axum::Router<S>, reason: &'static str) -> Self {
        self.routes.push(Route::unchecked(UNLISTED, Methods::Unlisted, reason));
        Self { router: self.router.merge(router.reset_fallback().layer(WithoutCheck)), ..self }
    }

    /// Adds the routes and the fallback of an axum router under a prefix, without any check of tokens. `reason` appears in the
    /// report, in one line with the path `/prefix/**`. See [`merge_unchecked`](Self::merge_unchecked).
    ///
    /// # Panics
    ///
    /// Panics as `Router::nest` does, and if the reason is empty.
    #[must_use]
    #[track_caller]
    pub fn nest_unchecked(mut self, path: &str, router: axum::Router<S>, reason: &'static str) -> Self {
        self.routes.push(Route::unchecked(UNLISTED, Methods::Unlisted, reason).under(path));
        Self { router: self.router.nest(path, router.layer(WithoutCheck)), ..self }
    }
}
