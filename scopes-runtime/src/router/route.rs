use super::ScopedHandler;
use super::enforced::Enforced;
use super::router_requirements::RouterRequirements;
use super::scoped_handler::Guarded;
#[cfg(feature = "openapi")]
use crate::openapi::{Description, Schemes};
use crate::operation::{Access, Methods, Operation};

/// The path of fallbacks in the report. No route can have it.
pub(super) const FALLBACK: &str = "/*";

/// An operation of a router.
pub(super) struct Route {
    pub(super) operation: Operation,
    /// Shared with the handler.
    pub(super) requirements: RouterRequirements,
    #[cfg(feature = "openapi")]
    pub(super) description: Option<Description>,
    /// Those of the router that it was merged or nested from, if it had any.
    #[cfg(feature = "openapi")]
    pub(super) schemes: Schemes,
}

impl Route {
    /// Returns the route of a handler, and the handler as axum gets it.
    pub(super) fn of<H, T, S>(path: &str, methods: Methods, handler: H) -> (Self, Enforced<H>)
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S> + 'static,
    {
        let route = Self::new(Operation::of::<T::Guard>(path.to_owned(), methods));
        let handler = Enforced::new(handler, route.requirements.clone());
        (route, handler)
    }

    /// Returns the route of a service.
    ///
    /// # Panics
    ///
    /// Panics if the reason is empty.
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
            requirements: RouterRequirements::default(),
            #[cfg(feature = "openapi")]
            description: None,
            #[cfg(feature = "openapi")]
            schemes: Schemes::default(),
        }
    }

    pub(super) fn under(self, prefix: &str) -> Self {
        Self { operation: self.operation.under(prefix), ..self }
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
