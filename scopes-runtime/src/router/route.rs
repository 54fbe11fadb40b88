use super::dpop_support::DpopSupport;
use super::enforced::Enforced;
use super::router_requirements::RouterRequirements;
#[cfg(feature = "openapi")]
use crate::openapi::Schemes;
use crate::operation::{Access, Methods, Operation, OperationGuard};
use crate::scope::{MAX_ALTERNATIVES, Requirement, Requirements};

/// The path of fallbacks in the report. No route can have it.
pub(super) const FALLBACK: &str = "/*";
/// The path of the routes of an axum router in the report. No route can have it.
pub(super) const UNLISTED: &str = "/**";

/// An operation of a router.
pub(super) struct Route {
    pub(super) operation: Operation,
    /// Shared with the handler.
    pub(super) routers: RouterRequirements,
    pub(super) dpop_support: DpopSupport,
    /// Whether this is the handler of `method_not_allowed_fallback`.
    pub(super) is_method_not_allowed_fallback: bool,
    /// Those of the router that it was merged or nested from, if it had any.
    #[cfg(feature = "openapi")]
    pub(super) schemes: Schemes,
}

impl Route {
    /// Returns the route of a handler with the guard `G`, and the handler as axum gets it.
    pub(super) fn of<G: OperationGuard, H: Clone, S: 'static>(
        path: &str,
        methods: Methods,
        handler: &Enforced<H, S>,
    ) -> (Self, Enforced<H, S>) {
        let operation = Operation::of::<G>(path.to_owned(), methods);
        let route = Self { dpop_support: handler.dpop_support(), ..Self::new(operation) };
        let handler = handler.with_routers(route.routers.clone());
        (route, handler)
    }

    /// Returns the route of a service that a token is required for.
    pub(super) fn scoped(
        path: &str,
        methods: Methods,
        requirement: Requirement,
        routers: RouterRequirements,
        dpop_support: DpopSupport,
    ) -> Self {
        let access = Access::Scoped(requirement.into());
        let operation = Operation { methods, path: path.to_owned(), handler: None, access };
        Self { routers, dpop_support, ..Self::new(operation) }
    }

    /// Returns the route of a service or router that checks no tokens.
    ///
    /// # Panics
    ///
    /// Panics if the reason is empty.
    #[track_caller]
    pub(super) fn unchecked(path: &str, methods: Methods, reason: &'static str) -> Self {
        assert!(
            !reason.trim().is_empty(),
            "nothing checks tokens at `{path}`: give the reason, which appears in the report"
        );
        let access = Access::Unchecked { reason };
        Self::new(Operation { methods, path: path.to_owned(), handler: None, access })
    }

    pub(super) fn new(operation: Operation) -> Self {
        Self {
            operation,
            routers: RouterRequirements::default(),
            dpop_support: DpopSupport::default(),
            is_method_not_allowed_fallback: false,
            #[cfg(feature = "openapi")]
            schemes: Schemes::default(),
        }
    }

    pub(super) fn under(self, prefix: &str) -> Self {
        Self { operation: self.operation.under(prefix), ..self }
    }

    /// Returns whether `ScopedRouter::require` applies.
    pub(super) fn takes_requirements(&self) -> bool {
        !self.is_fallback() && !self.is_method_not_allowed_fallback
    }

    /// Returns whether this is an axum router that may have a route with this path.
    pub(super) fn may_serve(&self, path: &str) -> bool {
        let prefix = self.operation.path.strip_suffix("**");
        self.operation.methods == Methods::Unlisted && prefix.is_some_and(|prefix| path.starts_with(prefix))
    }

    /// Returns whether requests that match no route get here.
    pub(super) fn is_fallback(&self) -> bool {
        self.operation.methods == Methods::Fallback
    }

    /// Returns whether this is the fallback of the whole router, not of one that was nested in it.
    pub(super) fn is_own_fallback(&self) -> bool {
        self.is_fallback() && self.operation.path == FALLBACK
    }
}

/// Checks that a path can have these requirements, which are its own and those of the `others`.
///
/// # Panics
///
/// Panics if they have too many alternatives, or if no authentication context satisfies all.
#[track_caller]
pub(super) fn check_combined(path: &str, requirements: &Requirements, others: &str) {
    assert!(
        requirements.has_few_alternatives(),
        "`{path}` requires more than {MAX_ALTERNATIVES} alternatives together with {others}, too many for a challenge"
    );
    assert!(
        requirements.authentication().is_possible(),
        "`{path}` and {others} require authentication contexts (`acr`) that exclude each other, so no authentication can \
         satisfy both"
    );
}
