use std::fmt;

use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::enforced::Enforced;
use super::route::Route;
use super::{GuardIn, Guarded, HandlerFunction, ScopedHandler};
use crate::openapi::{DocumentedHandler, UtoipaPath, methods_of, path_of};
use crate::operation::{Methods, OperationGuard};

/// Handlers with utoipa's `#[utoipa::path]`, for [`ScopedRouter::routes`](super::ScopedRouter::routes);
/// [`routes!`](super::routes) makes them.
pub struct DocumentedRoutes<S = ()> {
    pub(super) handlers: Vec<(String, MethodRouter<S>)>,
    pub(super) routes: Vec<Route>,
}

/// A handler with one of the attributes above `#[utoipa::path]`.
#[diagnostic::on_unimplemented(
    message = "handler without `#[utoipa::path]` in `routes!`",
    label = "`routes!` reads path and methods from `#[utoipa::path]`",
    note = "add `#[utoipa::path(…)]` below `#[requires_scopes(…)]`, `#[authenticated_by(…)]` or `#[public]`, or use `ScopedRouter::route` for this handler"
)]
pub trait Documented<T> {
    /// The hidden type of the handler.
    type Operation: DocumentedHandler<Path: UtoipaPath>;
}

#[diagnostic::do_not_recommend]
impl<H, T> Documented<T> for H
where
    H: Guarded<T, Guard: OperationGuard<Handler: DocumentedHandler<Path: UtoipaPath>>>,
{
    type Operation = <H::Guard as OperationGuard>::Handler;
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
    pub fn and<
        H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>> + Documented<T>,
        T: 'static,
    >(
        mut self,
        handler: H,
    ) -> Self {
        let handler = Enforced::new(handler);
        let path = path_of::<H::Operation>();
        for method in methods_of::<H::Operation>() {
            let filter = filter(&method);
            let (route, handler) = Route::of::<H::Guard, _, _>(&path, Methods::One(method), &handler);
            self.routes.push(route);
            self.handlers.push((path.clone(), on(filter, handler)));
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
