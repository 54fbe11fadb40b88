//! Handlers of requests that match no route, or no method of one.

use std::collections::BTreeSet;

use super::enforced::Enforced;
use super::route::{FALLBACK, Route};
use super::{GuardIn, Guarded, HandlerFunction, ScopedHandler, ScopedRouter};
use crate::operation::{Access, Methods, Operation};

impl<S> ScopedRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Sets the handler of requests that match no route.
    #[must_use]
    #[track_caller]
    pub fn fallback<
        H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>,
        T: 'static,
    >(
        mut self,
        handler: H,
    ) -> Self {
        let (route, handler) =
            Route::of::<H::Guard, _, _>(FALLBACK, Methods::Fallback, &Enforced::new(handler));
        self.set_fallback(route);
        Self { router: self.router.fallback(handler), ..self }
    }

    /// Sets the handler of requests whose path has a route but whose method has none. It applies to the routes so far; a path
    /// that already has such a handler keeps it.
    ///
    /// A router of [`merge_unchecked`](Self::merge_unchecked) or [`nest_unchecked`](Self::nest_unchecked) may serve these
    /// methods at paths of this router. A handler with a requirement is then unchecked in the report at these paths.
    #[must_use]
    #[track_caller]
    pub fn method_not_allowed_fallback<
        H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>,
        T: 'static,
    >(
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
        let reported = |path: String| {
            let (handled, _) = Route::of::<H::Guard, _, _>(&path, Methods::Other, &handler);
            let plain = self.routes.iter().find(|route| route.may_serve(&path));
            let route = match (plain.map(|plain| &plain.operation.access), &handled.operation.access) {
                (_, Access::Public { .. }) | (None, _) => handled,
                (Some(plain), _) => {
                    let access = plain.clone();
                    Route::new(Operation { methods: Methods::Other, path, handler: None, access })
                }
            };
            Route { is_method_not_allowed_fallback: true, ..route }
        };
        let routes: Vec<_> = paths.into_iter().map(reported).collect();
        self.routes.extend(routes);
        Self { router: self.router.method_not_allowed_fallback(handler), ..self }
    }

    /// Replaces the fallback of this router in the report.
    pub(super) fn set_fallback(&mut self, fallback: Route) {
        self.routes.retain(|route| !route.is_own_fallback());
        self.routes.push(fallback);
    }
}
