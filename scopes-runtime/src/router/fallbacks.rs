//! Handlers of requests that match no route, or no method of one.

use std::collections::BTreeSet;

use super::enforced::Enforced;
use super::route::{FALLBACK, Route};
use super::router_requirements::RouterRequirements;
use super::{Guarded, ScopedHandler, ScopedRouter};
use crate::operation::Methods;

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Sets the handler of requests that match no route.
    #[must_use]
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S> + 'static,
    {
        let (route, handler) = Route::of(FALLBACK, Methods::Fallback, handler);
        self.set_fallback(route);
        Self { router: self.router.fallback(handler), ..self }
    }

    /// Sets the handler of requests whose path has a route so far, but not for their method. A path keeps an earlier one.
    #[must_use]
    pub fn method_not_allowed_fallback<H, T>(mut self, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S> + 'static,
    {
        let served_whole = |path: &str| {
            self.routes.iter().any(|Route { operation, .. }| {
                operation.path == path && matches!(operation.methods, Methods::Any | Methods::Other)
            })
        };
        let is_route = |route: &&Route| {
            let methods = &route.operation.methods;
            !matches!(methods, Methods::Fallback | Methods::Unlisted) && !methods.are_of_item()
        };
        let routes = self.routes.iter().filter(is_route);
        let paths: BTreeSet<_> = routes.map(|route| route.operation.path.clone()).collect();
        let paths: Vec<_> = paths.into_iter().filter(|path| !served_whole(path)).collect();
        self.routes.extend(paths.into_iter().map(|path| {
            let (route, _) = Route::of(&path, Methods::Other, handler.clone());
            Route { is_method_not_allowed_fallback: true, ..route }
        }));
        let handler = Enforced::new(handler, RouterRequirements::default());
        Self { router: self.router.method_not_allowed_fallback(handler), ..self }
    }

    /// Replaces the fallback of this router in the report.
    pub(super) fn set_fallback(&mut self, fallback: Route) {
        self.routes.retain(|route| !route.is_own_fallback());
        self.routes.push(fallback);
    }
}
