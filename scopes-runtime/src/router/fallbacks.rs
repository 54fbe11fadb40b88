//! Handlers of requests that match no route, or no method of one.

use std::collections::BTreeSet;

use super::enforced::Enforced;
use super::route::{FALLBACK, Route};
use super::{Guarded, ScopedHandler, ScopedRouter};
use crate::operation::Methods;

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Sets the handler of requests that match no route.
    #[must_use]
    pub fn fallback<H: ScopedHandler<T, S> + Guarded<T, S>, T: 'static>(mut self, handler: H) -> Self {
        let (route, handler) =
            Route::of::<H::Guard, _, _>(FALLBACK, Methods::Fallback, &Enforced::new(handler));
        self.set_fallback(route);
        Self { router: self.router.fallback(handler), ..self }
    }

    /// Sets the handler of requests whose path has a route but whose method has none. It applies to the routes so far; a path
    /// that already has such a handler keeps it.
    #[must_use]
    pub fn method_not_allowed_fallback<H: ScopedHandler<T, S> + Guarded<T, S>, T: 'static>(
        mut self,
        handler: H,
    ) -> Self {
        let handler = Enforced::new(handler);
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
            let (route, _) = Route::of::<H::Guard, _, _>(&path, Methods::Other, &handler);
            Route { is_method_not_allowed_fallback: true, ..route }
        }));
        Self { router: self.router.method_not_allowed_fallback(handler), ..self }
    }

    /// Replaces the fallback of this router in the report.
    pub(super) fn set_fallback(&mut self, fallback: Route) {
        self.routes.retain(|route| !route.is_own_fallback());
        self.routes.push(fallback);
    }
}
