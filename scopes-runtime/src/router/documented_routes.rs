use std::fmt;

use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::route::Route;
use super::{Guarded, ScopedHandler};
use crate::openapi::{Description, DocumentedHandler};
use crate::operation::{Methods, OperationGuard};

/// Handlers with utoipa's `#[utoipa::path]`, for [`ScopedRouter::routes`](super::ScopedRouter::routes);
/// [`routes!`](super::routes) makes them.
pub struct DocumentedRoutes<S = ()> {
    pub(super) handlers: Vec<(String, MethodRouter<S>)>,
    pub(super) routes: Vec<Route>,
}

/// For the code that `routes!` generates.
#[doc(hidden)]
impl<S> DocumentedRoutes<S>
where
    S: Clone + Send + Sync + 'static,
{
    #[must_use]
    pub fn none() -> Self {
        Self { handlers: Vec::new(), routes: Vec::new() }
    }

    #[must_use]
    pub fn and<H, T>(mut self, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S, Guard: OperationGuard<Handler: DocumentedHandler>> + 'static,
    {
        let description = Description::of::<<T::Guard as OperationGuard>::Handler>();
        for method in &description.methods {
            let path = &description.path;
            let (mut route, handler) = Route::of(path, Methods::One(method.clone()), handler.clone());
            route.description = Some(description.clone());
            self.routes.push(route);
            self.handlers.push((path.clone(), on(filter(method), handler)));
        }
        self
    }
}

fn filter(method: &Method) -> MethodFilter {
    MethodFilter::try_from(method.clone()).expect("axum routes all methods of OpenAPI")
}

impl<S> fmt::Debug for DocumentedRoutes<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("DocumentedRoutes").field(&self.handlers).finish()
    }
}
