use std::fmt;

use axum::routing::{MethodFilter, MethodRouter, on};
use utoipa::openapi::path::HttpMethod;

use super::enforced::Enforced;
use super::{Guarded, Required, ScopedHandler};
use crate::openapi::{DescribedOperation, Method, Route};

/// Handlers with utoipa's `#[utoipa::path]`, for [`ScopedRouter::routes`](super::ScopedRouter::routes);
/// [`routes!`](super::routes) makes them.
pub struct DocumentedRoutes<S = ()> {
    pub(super) handlers: Vec<(String, MethodRouter<S>)>,
    pub(super) operations: Vec<Route>,
}

/// For the code that `routes!` generates.
#[doc(hidden)]
impl<S> DocumentedRoutes<S>
where
    S: Clone + Send + Sync + 'static,
{
    #[must_use]
    pub fn none() -> Self {
        Self { handlers: Vec::new(), operations: Vec::new() }
    }

    #[must_use]
    pub fn and<H, T>(mut self, handler: H) -> Self
    where
        H: ScopedHandler<T, S>,
        T: Guarded<S, Operation: DescribedOperation> + 'static,
    {
        let documented = T::Operation::documented();
        for method in documented.methods.clone() {
            let required = Required::default();
            let handler = Enforced::new(handler.clone(), required.clone());
            self.handlers.push((documented.path.clone(), on(filter(&method), handler)));
            self.operations.push(Route {
                path: documented.path.clone(),
                method: Method::One(method),
                described: T::described(),
                documented: Some(documented.clone()),
                required,
            });
        }
        self
    }
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}

impl<S> fmt::Debug for DocumentedRoutes<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("DocumentedRoutes").field(&self.handlers).finish()
    }
}
